// Verifies an issued token with aws-jwt-verify, which reads the keys from /.well-known/jwks.json.
import { JwtVerifier } from 'aws-jwt-verify'

const verifier = JwtVerifier.create({
  issuer: process.env.ISSUER,
  audience: process.env.RESOURCE,
  scope: 'deploy:read',
})
const claims = await verifier.verify(process.env.ISSUED_TOKEN)
if (claims.aud !== process.env.RESOURCE) throw new Error('another audience')
console.log('verified an issued token with the default key address')
