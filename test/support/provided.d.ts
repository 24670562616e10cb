/** The values that `issuer-setup.ts` provides to the Worker tests. */
import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the root of the dev issuer. */
    devIssuer: string
    /** A second host and port on which it serves key sets. */
    keyHost: string
    /** The private key of the gateway, as JSON of a JWK. */
    signingKey: string
  }
}
