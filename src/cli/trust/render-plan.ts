/** Renders a plan as text: one line for each changed part, followed by its changed members. */
import type { TrustChange, TrustEdit } from '../../analysis/index.ts'
import { renderPath } from '../../analysis/source/in-house.ts'

const SIGNS = { added: '+', removed: '-', changed: '~' } as const

export function renderPlan(changes: readonly TrustChange[]): string {
  return changes.flatMap(renderChange).join('\n')
}

export function countChanges(changes: readonly TrustChange[]): string {
  return changes.length === 1 ? '1 change' : `${changes.length} changes`
}

/** What a reader expects of an added or removed part. */
const EXPECTED = { added: 'widened', removed: 'narrowed', changed: undefined } as const
const EFFECTS = {
  widened: 'widened',
  narrowed: 'narrowed',
  same: 'same access',
  changed: 'changed',
} as const

function renderChange(change: TrustChange): readonly string[] {
  const { kind, part, name, changes, moved, renamed, effect } = change
  const notes = [
    ...(renamed === undefined ? [] : ['renamed']),
    ...(moved === undefined ? [] : ['moved']),
    ...(effect === undefined || effect === EXPECTED[kind] ? [] : [EFFECTS[effect]]),
  ]
  return [
    `${SIGNS[kind]} ${part} ${name}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`,
    ...(renamed === undefined ? [] : [`    renamed from ${renamed.before}`]),
    ...(changes ?? []).map((edit) => `    ${renderEdit(edit)}`),
    ...(moved === undefined
      ? []
      : [`    moved from place ${moved.before + 1} to place ${moved.after + 1}`]),
  ]
}

function renderEdit(edit: TrustEdit): string {
  const where = renderPath(edit.path)
  if (!('before' in edit)) return `+ ${where}: ${JSON.stringify(edit.after)}`
  if (!('after' in edit)) return `- ${where}: ${JSON.stringify(edit.before)}`
  return `${where}: ${JSON.stringify(edit.before)} -> ${JSON.stringify(edit.after)}`
}
