/** The differences from one document to another, part by part. */
import type { TrustChange, TrustEdit } from '../../../../analysis/index.ts'
import { Name } from '../../../parts/name.tsx'
import { writePath } from '../../../parts/write-path.ts'
import { CHANGES } from '../../../texts/editor.ts'

const SIGNS = { added: '+', removed: '−', changed: '~' } as const
const TONES = { widened: 'warn', narrowed: 'info', same: '', changed: 'warn' } as const
/** More are counted, so that a page with a new document stays fast. */
const MAX_SHOWN = 100

export function ChangeList({ changes }: { readonly changes: readonly TrustChange[] }) {
  const hidden = changes.length - MAX_SHOWN
  return (
    <>
      <ul class="changes">
        {changes.slice(0, MAX_SHOWN).map((change) => (
          <Change key={`${change.part} ${change.name}`} change={change} />
        ))}
      </ul>
      {hidden > 0 && <p class="hint">{CHANGES.more(hidden)}</p>}
    </>
  )
}

function Change({ change }: { readonly change: TrustChange }) {
  const { kind, part, name, effect, renamed, moved, changes = [] } = change
  return (
    <li>
      <div class="change-head">
        <span class={`sign ${kind}`} aria-hidden="true">
          {SIGNS[kind]}
        </span>
        <span>
          {CHANGES.parts[part]} <Name text={name} isCode /> {CHANGES.kinds[kind]}
        </span>
        {effect !== undefined && (
          <span class={`badge ${TONES[effect]}`}>{CHANGES.effects[effect]}</span>
        )}
      </div>
      {(renamed !== undefined || moved !== undefined || changes.length > 0) && (
        <ul class="edits">
          {renamed !== undefined && <li>{CHANGES.renamed(renamed.before)}</li>}
          {moved !== undefined && <li>{CHANGES.moved(moved.before + 1, moved.after + 1)}</li>}
          {changes.map((edit, index) => (
            <Edit key={index} edit={edit} />
          ))}
        </ul>
      )}
    </li>
  )
}

function Edit({ edit }: { readonly edit: TrustEdit }) {
  return (
    <li>
      <Name text={writePath(edit.path)} isCode />
      {'before' in edit && (
        <del>
          <span class="hidden-text">{CHANGES.before}: </span>
          <Name text={JSON.stringify(edit.before) ?? ''} isCode />
        </del>
      )}
      {'after' in edit && (
        <ins>
          <span class="hidden-text">{CHANGES.after}: </span>
          <Name text={JSON.stringify(edit.after) ?? ''} isCode />
        </ins>
      )}
    </li>
  )
}
