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
  claims: { build_number: 'Additional default claim; the template determines its type.' },
  guide: {
    tokenRequest: {
      summary:
        'Create an "OpenID Connect id token" credential with the audience, and bind it in the build.',
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
      'aud is absent if the credential has none. Refuse tokens without aud.',
      'sub and all other claims come from templates with build variables such as BRANCH_NAME. In multibranch jobs, the author of a branch or pull request chooses those values.',
      'kid is the id of the credential, which its owner chooses. It is not unique across issuers, so cache keys per issuer.',
      'Each credential has its own signing key.',
      'The issuer may be a static site on another host (alternate issuer).',
      'Tokens have neither nbf nor jti, and templates cannot set them.',
      'A credential in a folder has its own issuer, such as https://jenkins.example.com/oidc/job/FOLDER. Each of them needs an issuer entry.',
      'Each credential has its own algorithm. The plugin publishes the coordinates of an elliptic-curve key in a form that RFC 7518 does not allow, so use RS256, RS384 or RS512.',
    ],
    unverified: [],
  },
}
