/** LINT-02 to LINT-14 at each place where a rule can read a claim. */
import { type Cells, cells, says, without } from './places.ts'

const WORKFLOW = 'acme/deploy/.github/workflows/deploy.yml@refs/heads/main'
const SUB = 'repo:acme/app:environment:production'
const SUB_WITH_IDS = 'repo:acme@4411/app@8123456:environment:production'

export const EARLY_CELLS: Readonly<Record<string, Cells>> = {
  'LINT-02': cells(
    'github',
    [{ when: { repository: { glob: 'acme*/app' } } }, { when: { repository: { glob: 'acme/*' } } }],
    [says('claims.repository.startsWith("acme")'), says('claims.repository.startsWith("acme/")')],
  ),
  'LINT-03': cells(
    'github',
    [{ when: { repository: { glob: 'acme/app*' } } }, { when: { repository: { glob: 'acme/*' } } }],
    [
      says('claims.repository.startsWith("acme/app")'),
      says('claims.repository.startsWith("acme/")'),
    ],
  ),
  'LINT-04': cells(
    'github',
    [{ when: { environment: { glob: '**' } } }, { when: { environment: { exists: true } } }],
    [says('claims.workflow.contains("")'), says('has(claims.workflow)')],
  ),
  'LINT-05': cells(
    'github',
    [{ when: { ref: '^refs/heads/main$' } }, { when: { ref: 'refs/heads/main' } }],
    [says('claims.ref == "^refs/heads/main$"'), says('claims.ref == "refs/heads/main"')],
  ),
  'LINT-06': cells(
    'github',
    [
      { only: { enterprise_id: '9', job_workflow_ref: WORKFLOW } },
      { only: { enterprise_id: '9', repository_id: '8', job_workflow_ref: WORKFLOW } },
    ],
    [
      says(`claims.job_workflow_ref == "${WORKFLOW}"`, { only: { enterprise_id: '9' } }),
      says(`claims.job_workflow_ref == "${WORKFLOW}" && claims.repository_id == "8"`, {
        only: { enterprise_id: '9' },
      }),
    ],
  ),
  'LINT-07': cells(
    'github',
    [{ when: { event_name: ['push', 'workflow_run'] } }, { when: { event_name: 'push' } }],
    [
      says('claims.event_name in ["push", "workflow_run"]', without('event_name')),
      says('claims.event_name in ["push"]', without('event_name')),
    ],
  ),
  'LINT-08': cells(
    'github',
    [
      { only: { repository_id: '8', sub: { glob: 'repo:acme/app:*' } } },
      { only: { repository_id: '8', sub: { glob: 'repo:acme/app:environment:*' } } },
    ],
    [
      says('claims.sub.startsWith("repo:acme/app:")', { only: { repository_id: '8' } }),
      says('claims.sub.startsWith("repo:acme/app:environment:")', { only: { repository_id: '8' } }),
    ],
  ),
  'LINT-09': cells(
    'gitlabOwn',
    [
      { only: { project_path: 'acme/app' } },
      { only: { project_path: 'acme/app', project_id: '42' } },
    ],
    [
      says('claims.project_path == "acme/app"', { only: { ref_protected: 'true' } }),
      says('claims.project_id == "42"', { only: { ref_protected: 'true' } }),
    ],
    'when',
  ),
  'LINT-10': cells(
    'github',
    [{ when: { sub: 'repo:acme-1/app-2:environment:x' } }, { when: { sub: SUB_WITH_IDS } }],
    [
      says('claims.sub == "repo:acme-1/app-2:environment:x"'),
      says(`claims.sub == "${SUB_WITH_IDS}"`),
    ],
  ),
  'LINT-11': cells(
    'github',
    [{ when: { sub: SUB } }, { when: { sub: [SUB, SUB_WITH_IDS] } }],
    [
      says(`claims.sub == "${SUB}"`),
      says(`claims.sub == "${SUB}" || claims.sub == "${SUB_WITH_IDS}"`),
    ],
  ),
  'LINT-12': cells(
    'cluster',
    [{ only: { 'kubernetes.io.pod.name': 'x' } }, { only: { sub: 'system:serviceaccount:a:b' } }],
    [
      says('claims["kubernetes.io"].pod.name == "x"', {
        only: { 'kubernetes.io.pod.name': { exists: true } },
      }),
      says('claims["kubernetes.io"].namespace == "prod"', {
        only: { 'kubernetes.io.pod.name': { exists: true } },
      }),
    ],
    'when',
  ),
  'LINT-13': cells(
    'github',
    [without('ref'), { when: { ref: undefined, ref_protected: 'true' } }],
    [
      says('claims.environment == "production"', without('ref', 'environment')),
      says(
        'claims.environment == "production" && claims.ref_protected == "true"',
        without('ref', 'environment'),
      ),
    ],
  ),
  'LINT-14': cells(
    'github',
    [{ when: { ref: { glob: 'refs/heads/*' } } }, { when: { ref: { glob: 'refs/tags/*' } } }],
    [
      says('claims.ref.startsWith("refs/heads/")', without('ref')),
      says(
        'claims.ref.startsWith("refs/heads/") && claims.ref_protected == "true"',
        without('ref'),
      ),
    ],
  ),
}
