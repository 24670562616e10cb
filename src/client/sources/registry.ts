/** Every source by name, in the order in which they are looked at: what is explicit comes first. */
import { EXPLICIT_ROWS } from './explicit.ts'
import { GITHUB_ACTIONS } from './github-actions.ts'
import { GITLAB } from './gitlab.ts'
import type { SourceRow } from './row.ts'

export const SOURCES: readonly SourceRow[] = [...EXPLICIT_ROWS, GITHUB_ACTIONS, GITLAB]
