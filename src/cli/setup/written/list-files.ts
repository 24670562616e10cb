/** Every file that the answers give, with its text. Nothing is written here. */
import type { Answers, CiPlace } from '../answers.ts'
import { renderFixtures } from './fixtures.ts'
import { renderApplyWorkflow, renderPlanWorkflow } from './github.ts'
import { GITLAB_CI, GITLAB_JOBS, renderGitlabJobs } from './gitlab.ts'
import { POLICY_FILE, renderPolicy } from './policy.ts'
import { GITIGNORE, renderPackage } from './project.ts'
import { renderReadme } from './readme.ts'
import { FIXTURES_FILE, renderTrust, TRUST_FILE } from './trust.ts'
import { renderWrangler, WRANGLER_FILE } from './wrangler.ts'

export type WrittenFile = {
  /** Below the folder, with slashes. */
  readonly path: string
  readonly text: string
  /** A file that projects often have already. One that is there is kept, and a sentence says so. */
  readonly isOptional?: true
}

export function listFiles(
  answers: Answers,
  namespaceId: string | undefined,
): readonly WrittenFile[] {
  return [
    { path: WRANGLER_FILE, text: renderWrangler(answers, namespaceId) },
    { path: POLICY_FILE, text: renderPolicy(answers) },
    { path: TRUST_FILE, text: renderTrust(answers) },
    { path: FIXTURES_FILE, text: renderFixtures(answers, momentOf(answers)) },
    ...answers.administrators.flatMap((place) => listCiFiles(answers, place)),
    { path: 'package.json', text: renderPackage(answers.name), isOptional: true },
    { path: '.gitignore', text: GITIGNORE, isOptional: true },
    { path: 'README.md', text: renderReadme(answers), isOptional: true },
  ]
}

/** The fixtures are evaluated on the first day of the last month of the rules. */
function momentOf({ expires }: Answers): string {
  return `${expires.slice(0, 8)}01T00:00:00Z`
}

function listCiFiles(answers: Answers, place: CiPlace): readonly WrittenFile[] {
  const { issuer, branch } = answers
  const options = { issuer, branch, environment: place.environment }
  if (place.kind === 'gitlab') {
    return [
      { path: GITLAB_JOBS, text: renderGitlabJobs(options) },
      { path: '.gitlab-ci.yml', text: GITLAB_CI, isOptional: true },
    ]
  }
  return [
    { path: '.github/workflows/trust-plan.yml', text: renderPlanWorkflow(options) },
    { path: '.github/workflows/trust-apply.yml', text: renderApplyWorkflow(options) },
  ]
}
