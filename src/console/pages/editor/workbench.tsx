/** The editor with its panels: problems and findings, changes, and impact. */
import { useMemo, useState } from 'preact/hooks'
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx'
import { Name } from '../../parts/name.tsx'
import { formatLocal } from '../../parts/times.ts'
import { may } from '../../session/may.ts'
import type { Session } from '../../session/session.ts'
import { PageFrame } from '../../shell/page-frame.tsx'
import { APPLY, CHANGES, EDITOR, IMPACT, PROBLEMS, STALE } from '../../texts/editor.ts'
import { ApplyDialog, type Ready } from './apply-dialog.tsx'
import type { Assessment } from './document/door.ts'
import { ChangeList } from './panels/changes.tsx'
import { Impact } from './panels/impact.tsx'
import { Problems } from './panels/problems.tsx'
import { Stale } from './panels/stale.tsx'
import type { Start } from './start.ts'
import { type Jump, TextField } from './text-field.tsx'
import { type Assessed, useAssessment } from './use-assessment.ts'
import type { Tools } from './use-tools.ts'
import { useWorkbench } from './use-workbench.ts'

type Props = {
  readonly start: Start
  readonly tools: Tools | undefined
  readonly session: Session
}

export function Workbench({ start, tools, session }: Props) {
  const bench = useWorkbench(start, tools, session)
  const checks = useAssessment(tools, bench.text, bench.compiledBase)
  const { assessment: checked } = checks
  const [isPlain, setPlain] = useState(false)
  const [jump, setJump] = useState<Jump>()
  const [ready, setReady] = useState<Ready>()
  const [isDiscarding, setDiscarding] = useState(false)
  const assessment = useMemo(() => withRefusals(checked, bench, tools), [checked, bench.refused])
  const marks = useMemo(() => marksOf(assessment), [assessment])
  const mayApply = may(session, 'trust:write')

  function open() {
    if (tools === undefined) {
      const document = parseJson(bench.text)
      if (document !== undefined) setReady({ document, assessment: undefined })
      return
    }
    if (bench.compiledBase === undefined) return
    const now = tools.assess(bench.text, bench.compiledBase, Math.floor(Date.now() / 1000))
    if (now.kind === 'valid') setReady({ document: now.document, assessment: now })
    else setJump({ line: now.problems[0]?.line ?? 1, column: now.problems[0]?.column ?? 1 })
  }

  return (
    <PageFrame
      title={EDITOR.title}
      actions={
        <>
          {bench.isChanged && (
            <button type="button" class="button" onClick={() => setDiscarding(true)}>
              {EDITOR.discard}
            </button>
          )}
          <button
            type="button"
            class="button strong"
            disabled={!mayApply || !bench.isChanged || bench.newer !== undefined}
            onClick={open}
          >
            {EDITOR.apply}
          </button>
        </>
      }
    >
      {!mayApply && <p class="hint">{EDITOR.mayNotWrite}</p>}
      {tools === undefined && (
        <p class="notice warn" role="status">
          <strong>{EDITOR.toolsFailed.title}.</strong> {EDITOR.toolsFailed.detail}
        </p>
      )}
      {bench.restoredAt !== undefined && (
        <p class="notice">{EDITOR.restored(formatLocal(bench.restoredAt))}</p>
      )}
      {bench.newer !== undefined && (
        <Stale
          tools={tools}
          base={bench.base}
          began={bench.began}
          isBaseKnown={bench.isBaseKnown}
          current={bench.newer}
          canRebase={tools?.readText(bench.text).ok === true}
          onRebase={bench.rebase}
          onKeep={bench.keepText}
          onTake={() => setDiscarding(true)}
        />
      )}
      {bench.conflicts.length > 0 && (
        <div class="notice warn" role="alert">
          <p>{STALE.conflicts}</p>
          <ul>
            {bench.conflicts.map(({ part, name }) => (
              <li key={`${part} ${name}`}>
                {CHANGES.parts[part]} <Name text={name} isCode />
              </li>
            ))}
          </ul>
        </div>
      )}
      <div class="workbench">
        <section class="card editor-card" aria-label={EDITOR.label}>
          <Toolbar
            {...{ bench, tools, isPlain, setPlain }}
            summary={summarize(bench.isChanged, checks.state, assessment)}
            onCheck={checks.state === 'asked' ? checks.check : undefined}
          />
          <TextField
            text={bench.text}
            placed={bench.placed}
            marks={marks}
            isPlain={isPlain}
            jump={jump}
            onChange={bench.edit}
          />
          {!isPlain && <p class="hint">{EDITOR.keys}</p>}
          {tools?.hasComments(bench.text) && <p class="hint">{EDITOR.commentsLost}</p>}
        </section>
        <div class="stack">
          {assessment !== undefined && (
            <section class="card">
              <h2>{PROBLEMS.title}</h2>
              <Problems assessment={assessment} onJump={setJump} />
            </section>
          )}
          {assessment?.kind === 'valid' && (
            <section class="card">
              <h2>{CHANGES.title}</h2>
              {assessment.changes.length === 0 && <p class="hint">{CHANGES.none}</p>}
              <ChangeList changes={assessment.changes} />
            </section>
          )}
          {tools !== undefined && bench.compiledBase !== undefined && (
            <section class="card">
              <h2>{IMPACT.title}</h2>
              <Impact
                key={bench.base.revision}
                tools={tools}
                base={bench.compiledBase}
                assessment={assessment}
                mayRead={may(session, 'decisions:read')}
              />
            </section>
          )}
        </div>
      </div>
      {isDiscarding && (
        <ConfirmDialog
          question={EDITOR.discardConfirm}
          action={EDITOR.discard}
          cancel={APPLY.cancel}
          onConfirm={bench.discard}
          onClose={() => setDiscarding(false)}
        />
      )}
      {ready !== undefined && (
        <ApplyDialog
          ready={ready}
          revision={bench.base.revision}
          message={bench.message}
          onMessage={bench.setMessage}
          onApplied={(summary) => {
            bench.finish(summary, ready.document)
            setReady(undefined)
          }}
          onStale={() => {
            setReady(undefined)
            void bench.refuseStale(ready.document)
          }}
          onRefused={(problems) => {
            setReady(undefined)
            bench.setRefused(problems)
          }}
          onClose={() => setReady(undefined)}
        />
      )}
    </PageFrame>
  )
}

type Bench = ReturnType<typeof useWorkbench>
type ToolbarProps = {
  readonly bench: Bench
  readonly tools: Tools | undefined
  readonly isPlain: boolean
  readonly setPlain: (isPlain: boolean) => void
  readonly summary: string
  /** Undefined: the text is checked by itself. */
  readonly onCheck: (() => void) | undefined
}

function Toolbar({ bench, tools, isPlain, setPlain, summary, onCheck }: ToolbarProps) {
  const [isRefused, setRefused] = useState(false)
  return (
    <div class="editor-bar">
      <p class="editor-state" role="status">
        {bench.newer === undefined
          ? EDITOR.inForce(bench.base.revision)
          : EDITOR.began(bench.began)}{' '}
        {isRefused ? EDITOR.formatNeedsValid : summary}
      </p>
      {tools !== undefined && onCheck !== undefined && (
        <button type="button" class="button" onClick={onCheck}>
          {EDITOR.check}
        </button>
      )}
      {tools !== undefined && (
        <label>
          {EDITOR.formats}{' '}
          <select
            value={bench.format}
            onChange={({ currentTarget }) => {
              const isDone = bench.setFormat(currentTarget.value === 'json' ? 'json' : 'yaml')
              setRefused(!isDone)
              if (!isDone) currentTarget.value = bench.format
            }}
          >
            <option value="yaml">{EDITOR.yaml}</option>
            <option value="json">{EDITOR.json}</option>
          </select>
        </label>
      )}
      <label class="choice">
        <input
          type="checkbox"
          checked={isPlain}
          onChange={({ currentTarget }) => setPlain(currentTarget.checked)}
        />{' '}
        {EDITOR.plain}
      </label>
    </div>
  )
}

function summarize(
  isChanged: boolean,
  state: Assessed['state'],
  assessment: Assessment | undefined,
): string {
  if (state === 'asked') return EDITOR.large
  if (state === 'pending') return EDITOR.checking
  if (assessment === undefined) return ''
  if (assessment.kind === 'refused') return EDITOR.refused(assessment.problems.length)
  if (!isChanged || assessment.changes.length === 0) return EDITOR.unchanged
  return EDITOR.summary(assessment.changes.length, assessment.findings.concerned.length)
}

/** What only the gateway refuses, such as a lifetime above the ceiling of the deployment. */
function withRefusals(
  checked: Assessment | undefined,
  { refused, text }: Bench,
  tools: Tools | undefined,
): Assessment | undefined {
  if (refused.length === 0) return checked
  const read = tools?.readText(text)
  const problems = refused.map((problem) => ({
    ...problem,
    ...(read?.ok ? read.value.locate(problem.path) : { line: 1, column: 1 }),
  }))
  return { kind: 'refused', problems }
}

function marksOf(assessment: Assessment | undefined) {
  if (assessment === undefined) return []
  if (assessment.kind === 'refused') {
    return assessment.problems.map(({ line, column, message }) => ({
      ...{ line, column, message, severity: 'error' as const },
    }))
  }
  return assessment.remarks
    .filter(({ accepted }) => accepted === undefined)
    .map(({ line, column, severity, id, message }) => ({
      ...{ line, column, severity, message: `${id}: ${message}` },
    }))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
