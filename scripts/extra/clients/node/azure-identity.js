// Tries @azure/identity. It requests the metadata of an Entra tenant below the authority host, and
// the gateway has no tenants.
import { ClientAssertionCredential } from '@azure/identity'

const { ISSUER, SINGLE_TOKEN } = process.env
const paths = []
const credential = new ClientAssertionCredential(
  'tenant',
  'single',
  async () => SINGLE_TOKEN,
  {
    authorityHost: ISSUER,
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      {
        position: 'perCall',
        policy: {
          name: 'record',
          sendRequest(request, next) {
            paths.push(new URL(request.url).pathname)
            return next(request)
          },
        },
      },
    ],
  },
)
const said = await credential.getToken('deploy:read').then(
  () => 'a token',
  (error) => error.message.split('\n')[0],
)
console.log(`${said} [${paths}]`)
