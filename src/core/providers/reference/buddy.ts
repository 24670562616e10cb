/** Reference data of `buddy`. */
import type { ProviderReference } from '../reference.ts'
import { COMMIT, known, URL_TEXT } from './shape.ts'

export const buddyReference: ProviderReference = {
  contact: 'https://buddy.works/docs',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: { claims: 'sigstore/fulcio: config/identity/config.yaml' },
  claims: {
    workspace_domain: 'Workspace slug; mutable.',
    project_name: 'Project slug; mutable.',
    pipeline_id: 'Pipeline id, unique within a region and never reused.',
    pipeline_name: 'Pipeline name.',
    execution_id: 'Execution id.',
    triggered_on: 'Trigger, for example MANUAL.',
    runner_environment: 'platform-hosted.',
    base_url: 'Regional web application URL.',
    revision: 'Commit; optional.',
    ref: 'Ref; optional.',
  },
  shapes: {
    sub: URL_TEXT,
    base_url: URL_TEXT,
    revision: COMMIT,
    triggered_on: known('MANUAL', 'PUSH'),
    runner_environment: known('platform-hosted'),
  },
  guide: {
    tokenRequest: { summary: 'Not verified.', env: [], command: null },
    audience: 'workload (Fulcio requires aud sigstore)',
    lifetime: 'Not verified.',
    subjectFormats: [
      '{base_url}/{workspace_domain}/{project_name}/pipelines/pipeline/{pipeline_id}',
    ],
    traps: [
      'pipeline_id is unique only within a region. Bind it to the exact issuer.',
      'pipeline_id is a JSON number.',
      'Staging issuers (dev-, stage-, psd-) on the same domain must not match.',
      'There is no workspace id. The slug is the only tenant claim.',
    ],
    unverified: [
      'Signing algorithm (RS256 assumed).',
      'How the job requests a token, lifetime, jti.',
    ],
  },
}
