/**
 * Writes docs/problems.md from the table of problems and its texts. A test compares the two. Run this
 * after a change to a problem: `node scripts/problem-docs.ts`.
 */
import { writeFileSync } from 'node:fs'
import { referToProblems } from '../src/contract/problems/listed-problems.ts'
import { PROBLEM_TEXTS } from '../src/contract/problems/problem-texts.ts'
import { PROBLEMS, type ProblemName } from '../src/contract/problems/problems.ts'

export const PROBLEM_DOCS = new URL('../docs/problems.md', import.meta.url)

const names = Object.keys(PROBLEMS) as ProblemName[]

/** The name of a problem in its type. It is also its heading. */
const nameOf = (name: ProblemName) => PROBLEMS[name].type.replace(/^.*:/, '')

/** Returns the page that the tables describe. */
export function renderProblemDocs(): string {
  return [
    '# Problems',
    '',
    'The admin API, and the checks of the host in front of every endpoint, answer an error with problem details (RFC 9457, `application/problem+json`). This page is generated from the table that the Worker uses. The OAuth endpoints have [errors of their own](errors.md).',
    '',
    '```json',
    JSON.stringify(
      {
        ...PROBLEMS.parameterInvalid,
        detail: referToProblems('nothing was done', 'parameters'),
        problems: [
          {
            code: 'parameter_unknown',
            path: ['revison'],
            message: 'is unknown: use revision',
          },
        ],
      },
      null,
      2,
    ),
    '```',
    '',
    '- `type` is a stable URI, and each has a section below. Decide by it. `title` is the same for every problem of a type.',
    '- `detail` is one sentence about this request, for people. Its words can change.',
    '- `problems`, where present, names each place at fault: `path` leads to a member of the body, a parameter or a header, `code` is stable, and `message` says what to change.',
    '- `status` repeats the status of the response. `revision` is present only where a section says so.',
    '',
    '| status | type |',
    '|---|---|',
    ...names
      .toSorted((left, right) => PROBLEMS[left].status - PROBLEMS[right].status)
      .map(
        (name) => `| ${PROBLEMS[name].status} | [\`${PROBLEMS[name].type}\`](#${nameOf(name)}) |`,
      ),
    '',
    ...names.flatMap((name) => {
      const { meaning, cause, remedy } = PROBLEM_TEXTS[name]
      const { status, title } = PROBLEMS[name]
      return [
        `## ${nameOf(name)}`,
        '',
        `${status}, “${title}”. ${meaning}`,
        '',
        `- **Cause**: ${cause}`,
        `- **What to do**: ${remedy}`,
        '',
      ]
    }),
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(PROBLEM_DOCS, renderProblemDocs())
}
