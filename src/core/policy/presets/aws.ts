/** AWS IAM and STS: `AssumeRoleWithWebIdentity` with an OIDC provider. */
import { EXCHANGED_AT_ONCE_SECONDS, type Preset } from './preset.ts'

export const AWS: Preset = {
  name: 'aws',
  // RS256, RS384, RS512, ES256, ES384 and ES512:
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
  algorithms: ['ES256', 'RS256', 'ES384'],
  typs: ['JWT', 'at+jwt'],
  audience: {
    // The audience that the AWS console and the official action use:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    usual: 'sts.amazonaws.com',
    // The length of a client id:
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
    maxCharacters: 255,
  },
  lifetime: { usualSeconds: EXCHANGED_AT_ONCE_SECONDS },
  // `SubjectFromWebIdentityToken` has 6 to 255 characters:
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
  subject: { form: 'text', minCharacters: 6, maxBytes: 255 },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
  requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
  sessionTags: {
    claim: 'https://aws.amazon.com/tags',
    maxTags: 50,
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html
    maxKeyCharacters: 128,
    // A value has at most 256 characters, and a template renders to at most 255 bytes.
    alphabet: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
    reservedPrefix: 'aws:',
  },
}
