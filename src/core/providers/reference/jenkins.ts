/** Reference data of `jenkins`. */
import type { ProviderReference } from '../reference.ts'

export const jenkinsReference: ProviderReference = {
  contact: 'https://github.com/jenkinsci/oidc-provider-plugin/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/jwks',
  sources: {
    keyHosts:
      'jenkinsci/oidc-provider-plugin: src/main/java/io/jenkins/plugins/oidc_provider/Keys.java',
    algorithms:
      'jenkinsci/oidc-provider-plugin: src/main/java/io/jenkins/plugins/oidc_provider/Keys.java',
    discovery:
      'jenkinsci/oidc-provider-plugin: src/main/java/io/jenkins/plugins/oidc_provider/Keys.java',
    lifetime:
      'jenkinsci/oidc-provider-plugin: src/main/java/io/jenkins/plugins/oidc_provider/config/IdTokenConfiguration.java',
    claims: 'jenkinsci/oidc-provider-plugin: README.md',
  },
  claims: { build_number: 'Default extra claim; the type is set by the template.' },
  guide: {
    tokenRequest: {
      summary:
        'Create an "OpenID Connect id token" credential with the audience, bind it in the build.',
      env: [],
      command: null,
    },
    audience: 'credential owner',
    lifetime: '3600 s by default; the administrator can change it.',
    subjectFormats: [
      'job URL, for example https://jenkins.example.com/job/my-job/ (default template)',
      'any template of build variables',
    ],
    traps: [
      'aud is left out when the credential has none: refuse tokens without aud.',
      'sub and every other claim come from templates over build variables such as BRANCH_NAME; in multibranch jobs the author of a branch or pull request chooses those values.',
      'kid is the credential id, a human-chosen string: it is not unique across issuers, so key caches must be per issuer.',
      'One signing key per credential; a credential in a folder has its own issuer URL.',
      'The issuer may be a static site elsewhere (alternate issuer).',
      'Neither nbf nor jti is set, and templates may not set them.',
      'A credential in a folder has an issuer of its own, such as https://jenkins.example.com/oidc/job/FOLDER: each is an issuer entry.',
      'Each credential has its own algorithm. The plugin publishes the coordinates of an elliptic-curve key in a form that RFC 7518 does not allow, so use RS256, RS384 or RS512.',
    ],
    unverified: [],
  },
}
