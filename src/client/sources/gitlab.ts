/**
 * GitLab CI, where a job declares its tokens under `id_tokens:` and each arrives in the variable
 * that it names. The name is ours by convention; otherwise there must be only one to choose from.
 */
import type { Platform } from '../platform.ts'
import { sourceFailure } from '../source-failure.ts'
import { readVariable, type SourceRow } from './row.ts'

const NAME = 'gitlab'
const OURS = 'EDGEMINT_SUBJECT_TOKEN'
const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/
const HINT = `declare id_tokens: with the name ${OURS} in the job`

export const GITLAB: SourceRow = {
  name: NAME,
  look(platform) {
    if (readVariable(platform, 'GITLAB_CI') === undefined) {
      return { verdict: 'other', reason: 'GITLAB_CI is not set' }
    }
    const names = findNames(platform)
    const reason = `GITLAB_CI is set, ${describe(names)}`
    return { verdict: names.length === 1 ? 'fits' : 'near', reason }
  },
  async ask(platform) {
    const names = findNames(platform)
    const [name] = names
    if (name === undefined || names.length > 1) throw sourceFailure(NAME, describe(names))
    return platform.environment[name] ?? ''
  },
}

function findNames(platform: Platform): readonly string[] {
  if (readVariable(platform, OURS) !== undefined) return [OURS]
  return Object.keys(platform.environment)
    .filter((name) => name.endsWith('_ID_TOKEN') && JWT.test(platform.environment[name] ?? ''))
    .toSorted()
}

/** Names only, never values. */
function describe(names: readonly string[]): string {
  if (names.length === 0) return `but there is no token: ${HINT}`
  if (names.length === 1) return `and ${names[0]} holds a token`
  return `but ${names.join(', ')} all hold tokens: ${HINT}`
}
