// Gets a token with MSAL for Node in OIDC mode: client_credentials with the platform's token. MSAL
// cannot name a target, so the rules of this workload grant one resource.
import { ConfidentialClientApplication, ProtocolMode } from '@azure/msal-node'
import { decodeJwt } from 'jose'

const { ISSUER, RESOURCE } = process.env
const application = new ConfidentialClientApplication({
  auth: {
    clientId: 'single',
    authority: ISSUER,
    knownAuthorities: [new URL(ISSUER).host],
    clientAssertion: async () => process.env.SINGLE_TOKEN,
  },
  system: { protocolMode: ProtocolMode.OIDC },
})
const answer = await application.acquireTokenByClientCredential({ scopes: ['deploy:read'] })
const { aud, scope } = decodeJwt(answer.accessToken)
if (aud !== RESOURCE || scope !== 'deploy:read') throw new Error('another resource or scope')
console.log('got a token with the token of its platform as client assertion')
