/** The problems of a draft and the findings that its changes concern, with links to their lines. */
import { Name } from '../../../parts/name.tsx'
import { writePath } from '../../../parts/write-path.ts'
import { PROBLEMS } from '../../../texts/editor.ts'
import type { Assessment } from '../document/door.ts'
import type { Jump } from '../text-field.tsx'

const TONES = { error: 'bad', warn: 'warn', info: 'info' } as const
const MAX_SHOWN = 50

type Entry = Jump & {
  readonly tone: 'bad' | 'warn' | 'info'
  readonly label: string
  readonly about?: string
  readonly message: string
  readonly fix?: string
}

type Props = { readonly assessment: Assessment; readonly onJump: (jump: Jump) => void }

export function Problems({ assessment, onJump }: Props) {
  const entries = listEntries(assessment)
  const others = assessment.kind === 'valid' ? assessment.findings.others : 0
  const hidden = entries.length - MAX_SHOWN
  return (
    <>
      {entries.length === 0 && <p class="hint">{PROBLEMS.none}</p>}
      <ul class="problems">
        {entries.slice(0, MAX_SHOWN).map((entry, index) => (
          <li key={index}>
            <span class={`badge ${entry.tone}`}>{entry.label}</span>{' '}
            {entry.about !== undefined && <Name text={entry.about} isCode />}{' '}
            <Name text={entry.message} />
            {entry.fix !== undefined && (
              <>
                {' '}
                <span class="hint">
                  <Name text={entry.fix} />
                </span>
              </>
            )}{' '}
            <button type="button" class="quiet" onClick={() => onJump({ ...entry })}>
              {PROBLEMS.place(entry.line, entry.column)}
            </button>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p class="hint">{PROBLEMS.more(hidden)}</p>}
      {others > 0 && <p class="hint">{PROBLEMS.others(others)}</p>}
    </>
  )
}

function listEntries(assessment: Assessment): readonly Entry[] {
  if (assessment.kind === 'refused') {
    return assessment.problems.map(({ line, column, message, path }) => ({
      ...{ line, column, message },
      ...{ tone: 'bad', label: PROBLEMS.problem },
      ...(path.length === 0 ? {} : { about: writePath(path) }),
    }))
  }
  return assessment.findings.concerned.map((remark) => {
    const { id, severity, message, fix, rule, line, column } = remark
    return {
      ...{ line, column, message },
      ...{ tone: TONES[severity], label: `${id} ${PROBLEMS.severities[severity]}` },
      ...(rule === undefined ? {} : { about: rule }),
      ...(fix === undefined ? {} : { fix }),
    }
  })
}
