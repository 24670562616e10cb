/** What the tests of the Worker are given by `issuer-setup.ts`. */
import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the dev issuer's root. */
    devIssuer: string
    /** Host and port from which it can serve key sets besides. */
    keyHost: string
    /** The gateway's private key, a JWK as JSON. */
    signingKey: string
  }
}
