/** Reference data of `spacelift`. */
import type { ProviderReference } from '../reference.ts'
import { known, NAME, oneOf, ULID } from './shape.ts'

export const spaceliftReference: ProviderReference = {
  contact: 'https://github.com/spacelift-io/user-documentation/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks',
  sources: {
    keyHosts: 'spacelift-io/user-documentation: docs/integrations/cloud-providers/oidc/README.md',
    discovery: 'spacelift-io/user-documentation: docs/integrations/cloud-providers/oidc/README.md',
    lifetime: 'spacelift-io/user-documentation: docs/integrations/cloud-providers/oidc/README.md',
    claims: 'spacelift-io/user-documentation: docs/integrations/cloud-providers/oidc/README.md',
  },
  claims: {
    spaceId: 'Space slug.',
    spacePath: 'Full space path; present only if the subject template uses it.',
    callerType: 'stack or module.',
    callerId: 'Stack or module slug.',
    runType: 'PROPOSED, TRACKED, TASK, TESTING or DESTROY.',
    runId: 'Run ULID.',
    scope: 'read or write.',
  },
  shapes: {
    spaceId: NAME,
    callerId: NAME,
    callerType: known('stack', 'module'),
    runType: known('PROPOSED', 'TRACKED', 'TASK', 'TESTING', 'DESTROY'),
    runId: ULID,
    scope: oneOf('read', 'write'),
  },
  guide: {
    tokenRequest: {
      summary:
        'Every run of a paid account has the token in a variable. The audience cannot be chosen.',
      env: ['SPACELIFT_OIDC_TOKEN'],
      command: null,
    },
    audience: 'issuer-fixed',
    lifetime: '3600 s.',
    subjectFormats: [
      'space:{spaceId}:{callerType}:{callerId}:run_type:{runType}:scope:{scope}',
      'custom template of the same placeholders plus {spacePath} and {runId}',
    ],
    traps: [
      'PROPOSED runs are previews of pull requests. Require runType = TRACKED and scope = write for anything that changes state. The vendor calls scope advisory.',
      'Two spaces in different branches of the tree can have the same slug and then the same subject. Only spacePath distinguishes them, and it exists only if the template uses it.',
      'An account administrator can change the subject template at any time.',
      'Every relying party of the account accepts the same fixed audience.',
      'Self-hosted installations may set any issuer and key URL.',
    ],
    unverified: ['Signing algorithm (RS256 assumed).', 'Regional host form in the pattern.'],
  },
}
