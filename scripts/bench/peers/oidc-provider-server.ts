/** A node-oidc-provider that knows one client; started by path, with the module as its argument. */
import { pathToFileURL } from 'node:url'
import { RESOURCE } from '../fixtures.ts'
import { CLIENT_ID } from './peer.ts'

type Provider = { readonly listen: (port: number, host: string) => void }
type Module = { readonly default: new (issuer: string, configuration: object) => Provider }

const { BENCH_PORT = '', BENCH_SIGN_KEY = '', BENCH_VERIFY_KEY = '' } = process.env
const { default: OidcProvider }: Module = await import(pathToFileURL(process.argv[2] ?? '').href)

const provider = new OidcProvider(`http://127.0.0.1:${BENCH_PORT}`, {
  jwks: { keys: [JSON.parse(BENCH_SIGN_KEY)] },
  clients: [
    {
      client_id: CLIENT_ID,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'RS256',
      jwks: { keys: [JSON.parse(BENCH_VERIFY_KEY)] },
    },
  ],
  clientAuthMethods: ['private_key_jwt'],
  scopes: ['deploy:read'],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      getResourceServerInfo: () => ({
        scope: 'deploy:read',
        audience: RESOURCE,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 600,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
})
provider.listen(Number(BENCH_PORT), '127.0.0.1')
