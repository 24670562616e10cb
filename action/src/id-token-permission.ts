/**
 * Checks whether this job may request an OIDC token from GitHub, and otherwise says what to change.
 * The check comes first, because a missing permission is the most common mistake.
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
      'GitHub gives no token to code from a fork, even with id-token: write',
      'skip the step: if: github.event.pull_request.head.repo.id == github.repository_id',
      'never run code from a fork under pull_request_target: it would get the token',
    ])
  }
  throw new StepFailure('this job may not request an OIDC token from GitHub', [
    'add to the job: permissions: { id-token: write }',
    'a job that calls a reusable workflow needs the same permission',
    'add contents: read as well if the job checks out code',
  ])
}

/** Reads the event, which is the only sign of a fork. Returns false if it cannot be read. */
function isForkPullRequest({ GITHUB_EVENT_NAME, GITHUB_EVENT_PATH }: Environment): boolean {
  // pull_request_target runs with the permissions of the base repository.
  if (GITHUB_EVENT_NAME === 'pull_request_target') return false
  if (!GITHUB_EVENT_NAME?.startsWith('pull_request') || GITHUB_EVENT_PATH === undefined) {
    return false
  }
  try {
    if (statSync(GITHUB_EVENT_PATH).size > MAX_EVENT_BYTES) return false
    // The ids are only compared. Missing members make both sides undefined or throw.
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
