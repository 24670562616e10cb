/**
 * Whether GitHub gives this job an OIDC token at all, and if not, what to change. Said before anything
 * is tried, because a missing permission is the first thing that everybody meets.
 */
import { readFileSync, statSync } from 'node:fs'
import type { Environment } from './inputs.ts'
import { MAX_EVENT_BYTES } from './limits.ts'
import { StepFailure } from './step-failure.ts'

export function checkIdTokenPermission(environment: Environment): void {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment
  if (url !== undefined && url !== '' && token !== undefined && token !== '') return
  if (isForkPullRequest(environment)) {
    throw new StepFailure('a pull request from a fork gets no OIDC token', [
      'GitHub gives none to the code of others, whatever the permissions say',
      'skip this step there: if: github.event.pull_request.head.repo.id == github.repository_id',
      'never run code of a fork under pull_request_target instead: it would get the token',
    ])
  }
  throw new StepFailure('this job may not ask GitHub for an OIDC token', [
    'add to the job: permissions: { id-token: write }',
    'in a reusable workflow the job that calls it needs the same line',
    'with contents: read beside it where the job checks out code',
  ])
}

/** The event is the only place that tells; when it cannot be read the answer is the general one. */
function isForkPullRequest({ GITHUB_EVENT_NAME, GITHUB_EVENT_PATH }: Environment): boolean {
  // pull_request_target runs with the rights of the repository itself.
  if (GITHUB_EVENT_NAME === 'pull_request_target') return false
  if (!GITHUB_EVENT_NAME?.startsWith('pull_request') || GITHUB_EVENT_PATH === undefined) {
    return false
  }
  try {
    if (statSync(GITHUB_EVENT_PATH).size > MAX_EVENT_BYTES) return false
    // Only compared; a member that is not there makes both sides undefined or throws.
    const event = JSON.parse(readFileSync(GITHUB_EVENT_PATH, 'utf8')) as PullRequestEvent
    const { head, base } = event.pull_request
    return head.repo?.id !== base.repo?.id
  } catch {
    return false
  }
}

/** The head repository is null when the fork was deleted. */
type PullRequestEvent = {
  readonly pull_request: {
    readonly head: { readonly repo: { readonly id: number } | null }
    readonly base: { readonly repo: { readonly id: number } | null }
  }
}
