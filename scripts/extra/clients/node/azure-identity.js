// Gets a token with @azure/identity: client_credentials with the platform's token. It finds metadata
// below `/<tenant>/v2.0`, so this is the path of the issuer URL. It cannot name a target, so the rules
// of this workload grant one resource.
import { ClientAssertionCredential } from '@azure/identity'
import { decodeJwt } from 'jose'

const { ISSUER, RESOURCE, SINGLE_TOKEN } = process.env
const [, tenant] = new URL(ISSUER).pathname.split('/')
const credential = new ClientAssertionCredential(tenant, 'single', async () => SINGLE_TOKEN, {
  authorityHost: new URL(ISSUER).origin,
  disableInstanceDiscovery: true,
})
const { token } = await credential.getToken('deploy:read')
const { aud, scope } = decodeJwt(token)
if (aud !== RESOURCE || scope !== 'deploy:read') throw new Error('another resource or scope')
console.log('got a token from an issuer URL that looks like one of Entra')
