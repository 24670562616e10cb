// Gets a token with simple-oauth2, which sends an empty secret by Basic, and revokes it.
import oauth2 from 'simple-oauth2'

const { ISSUER, RESOURCE, SUBJECT_TOKEN, SUBJECT_TOKEN_2 } = process.env
for (const [authorizationMethod, client_assertion] of [
  ['header', SUBJECT_TOKEN],
  ['body', SUBJECT_TOKEN_2],
]) {
  const client = new oauth2.ClientCredentials({
    client: { id: 'deploy', secret: '' },
    auth: { tokenHost: ISSUER, tokenPath: '/token', revokePath: '/revoke' },
    options: { authorizationMethod },
  })
  const issued = await client.getToken({
    client_assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    resource: RESOURCE,
    scope: ['deploy:read'],
  })
  if (issued.token.scope !== 'deploy:read') throw new Error('no token')
  await issued.revoke('access_token')
}
console.log('got a token with the id in the header and in the form, and revoked each')
