/** Reference data of `buildkite`. */
import type { ProviderReference } from '../reference.ts'
import { known, NAME, oneOf, type Shape, UUID } from './shape.ts'

/** A slug that is made from a name has no capitals, but one that somebody chose may have them. */
const SLUG_NAME: Shape = {
  ...NAME,
  name: /^[A-Za-z0-9-]+$/,
  is: 'a slug of letters, digits and hyphens, such as acme-inc',
}

export const buildkiteReference: ProviderReference = {
  contact: 'https://github.com/buildkite/docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks',
  sources: {
    keyHosts: 'buildkite/docs: pages/agent/cli/reference/oidc.md',
    discovery: 'buildkite/docs: pages/agent/cli/reference/oidc.md',
    lifetime: 'buildkite/agent: clicommand/oidc_request_token.go',
    claims: 'buildkite/docs: pages/agent/cli/reference/oidc.md',
    job: 'buildkite/docs: pages/agent/cli/reference/oidc.md',
  },
  claims: {
    organization_slug: 'Organization slug; can be renamed.',
    organization_id: 'Organization UUID. Only present when requested with --claim.',
    pipeline_slug: 'Pipeline slug; can be renamed.',
    pipeline_id: 'Pipeline UUID. Only present when requested.',
    cluster_id: 'Cluster UUID. Only present when requested.',
    cluster_name: 'Cluster name. Only present when requested.',
    queue_id: 'Queue UUID. Only present when requested.',
    queue_key: 'Queue key. Only present when requested.',
    build_id: 'Build UUID. Only present when requested.',
    build_number: 'Build number, a JSON number (a string inside AWS session tags).',
    build_branch: 'Branch of the build. For builds from the API or UI, their creator enters it.',
    build_tag: 'Tag; absent when the build has none.',
    build_commit: 'Commit SHA of the build.',
    build_source: 'ui, api, webhook, trigger_job or schedule.',
    step_key:
      'Key of the step; null when unset. Set by the pipeline YAML, which a pull request can change.',
    job_id: 'Job UUID.',
    agent_id: 'Agent UUID.',
    runner_environment: 'buildkite-hosted or self-hosted.',
    'https://aws.amazon.com/tags':
      'AWS session tags, only with --aws-session-tag; values are arrays of strings.',
  },
  shapes: {
    sub: {
      kind: 'characters',
      one: /./su,
      except: /^(?!organization:)[^:]*[/:]/,
      whole:
        /^(?:organization:[^:]+:pipeline:[^:]+:ref:|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$)/,
      is: 'a text such as organization:acme:pipeline:api:ref:refs/heads/main:commit:…, or a UUID',
    },
    build_id: UUID,
    job_id: UUID,
    agent_id: UUID,
    queue_key: NAME,
    organization_id: UUID,
    pipeline_id: UUID,
    cluster_id: UUID,
    queue_id: UUID,
    organization_slug: SLUG_NAME,
    pipeline_slug: SLUG_NAME,
    build_source: known('ui', 'api', 'webhook', 'trigger_job', 'schedule'),
    runner_environment: oneOf('buildkite-hosted', 'self-hosted'),
  },
  guide: {
    tokenRequest: {
      summary:
        'Run the agent command in the job. Request the UUID claims, because the token does not contain them by default.',
      env: [
        'BUILDKITE_JOB_ID',
        'BUILDKITE_AGENT_ACCESS_TOKEN',
        'BUILDKITE_OIDC_TOKEN_CLAIMS',
        'BUILDKITE_OIDC_TOKEN_SUBJECT_CLAIM',
      ],
      command:
        'buildkite-agent oidc request-token --audience https://sts.example.com --claim organization_id,pipeline_id [--lifetime 300] [--subject-claim pipeline_id]',
    },
    audience: 'workload',
    lifetime: '300 s by default; the job can set --lifetime.',
    subjectFormats: [
      'organization:{org_slug}:pipeline:{pipeline_slug}:ref:{refs/heads/B|refs/tags/T}:commit:{sha}:step:{step_key}',
      'a bare UUID when --subject-claim names organization_id, pipeline_id, cluster_id, queue_id, build_id, job_id or agent_id',
    ],
    traps: [
      'The immutable ids are optional. Jobs must request organization_id and pipeline_id, and a rule that names them must not match if they are absent.',
      'The job chooses sub. With --subject-claim, the same job can present its organization, cluster or pipeline UUID as sub. A rule that compares sub with an organization or cluster UUID trusts every pipeline in it.',
      'Two pages of the vendor docs disagree about the default sub: the pipeline UUID or the composite string. Match other claims instead.',
      'If public pull requests are built, anyone who opens one can add a step that requests a token, as the vendor warns. An attacker can then choose build_branch: a fork branch can be called main.',
      'step_key may be null. The composite sub then ends in "step:".',
      'No jti is documented, so replay protection must use a hash of the token.',
      'Claim names with a colon (agent_tag:queue) and a URL (https://aws.amazon.com/tags) cannot be written as plain identifiers.',
      'The job chooses the lifetime. Enforce a maximum age.',
    ],
    unverified: ['Upper limit of --lifetime.'],
  },
}
