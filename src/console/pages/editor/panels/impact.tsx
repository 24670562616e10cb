/** Who would have gained and who would have lost, by the decisions of a period. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { IdentityList, ReplayedIdentity } from '../../../../analysis/in-house.ts'
import type { ApiFailure } from '../../../api/failure.ts'
import { MissingDecisions } from '../../../parts/missing-decisions.tsx'
import { Name } from '../../../parts/name.tsx'
import { Failure } from '../../../parts/states.tsx'
import { pathTo } from '../../../shell/route.ts'
import { Link } from '../../../shell/router.tsx'
import { IMPACT } from '../../../texts/editor.ts'
import type { Assessment, Base, Impact as Found } from '../document/door.ts'
import { PageFailure, readShard } from '../trust-api.ts'
import type { Tools } from '../use-tools.ts'

const GROUPS = ['loses', 'gains', 'changes'] as const
const MAX_SHOWN = 20

type Valid = Extract<Assessment, { readonly kind: 'valid' }>
type Props = {
  readonly tools: Tools
  readonly base: Base
  readonly assessment: Assessment | undefined
  readonly mayRead: boolean
}
type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'reading'; readonly decisions: number }
  | { readonly kind: 'failed'; readonly failure: ApiFailure }
  | { readonly kind: 'done'; readonly found: Found; readonly of: Valid }

export function Impact({ tools, base, assessment, mayRead }: Props) {
  const [period, setPeriod] = useState('604800')
  const [state, setState] = useState<State>({ kind: 'idle' })
  const running = useRef<AbortController | undefined>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  async function run(valid: Valid) {
    const controller = new AbortController()
    running.current = controller
    setState({ kind: 'reading', decisions: 0 })
    try {
      const found = await tools.findImpact({
        ...{ base, trust: valid.trust, seconds: Number(period) },
        at: Math.floor(Date.now() / 1000),
        readShard: (question) => readShard(question, controller.signal),
        onProgress: (decisions) => {
          if (!controller.signal.aborted) setState({ kind: 'reading', decisions })
        },
      })
      if (!controller.signal.aborted) setState({ kind: 'done', found, of: valid })
    } catch (error) {
      if (controller.signal.aborted) return
      if (!(error instanceof PageFailure)) throw error
      setState({ kind: 'failed', failure: error.failure })
    }
  }
  function cancel() {
    running.current?.abort()
    setState({ kind: 'idle' })
  }

  if (!mayRead) return <p class="hint">{IMPACT.needsScope}</p>
  if (base.trust === undefined) return <p class="hint">{IMPACT.noBase}</p>
  const hasChanges = assessment?.kind === 'valid' && assessment.changes.length > 0
  return (
    <>
      <p class="hint">{explain(assessment, hasChanges)}</p>
      <div class="inline-form">
        <label>
          {IMPACT.period}{' '}
          <select value={period} onChange={({ currentTarget }) => setPeriod(currentTarget.value)}>
            {Object.entries(IMPACT.periods).map(([seconds, name]) => (
              <option key={seconds} value={seconds}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {state.kind === 'reading' ? (
          <button type="button" class="button" onClick={cancel}>
            {IMPACT.cancel}
          </button>
        ) : (
          <button
            type="button"
            class="button"
            disabled={!hasChanges}
            onClick={() => hasChanges && void run(assessment)}
          >
            {IMPACT.run}
          </button>
        )}
      </div>
      <div role="status">
        {state.kind === 'reading' && <p class="hint">{IMPACT.reading(state.decisions)}</p>}
        {state.kind === 'done' && state.of !== assessment && (
          <p class="notice warn">{IMPACT.outdated}</p>
        )}
        {state.kind === 'done' && (
          <p>{IMPACT.total(state.found.report.decisions, state.found.report.replayed)}</p>
        )}
      </div>
      {state.kind === 'failed' && <Failure failure={state.failure} />}
      {state.kind === 'done' && <Report found={state.found} tools={tools} />}
    </>
  )
}

function explain(assessment: Assessment | undefined, hasChanges: boolean): string {
  if (assessment?.kind === 'refused') return IMPACT.needsValid
  return hasChanges ? IMPACT.explain : IMPACT.needsChange
}

type ReportProps = { readonly found: Found; readonly tools: Tools }

function Report({ found: { report, missing }, tools }: ReportProps) {
  return (
    <>
      <MissingDecisions {...missing} />
      {tools.describeGaps(report).map((gap) => (
        <p key={gap} class="hint">
          {gap}.
        </p>
      ))}
      {GROUPS.map((group) => (
        <section key={group} class="impact-group">
          <h3>
            {IMPACT.groups[group]}:{' '}
            {report[group].decisions === 0
              ? IMPACT.nobody
              : IMPACT.size(report[group].identities.length, report[group].decisions)}
          </h3>
          <Identities list={report[group]} tools={tools} />
        </section>
      ))}
    </>
  )
}

type ListProps = { readonly list: IdentityList; readonly tools: Tools }

function Identities({ list: { identities }, tools }: ListProps) {
  if (identities.length === 0) return null
  const hidden = identities.length - MAX_SHOWN
  return (
    <>
      <ul class="identities">
        {identities.slice(0, MAX_SHOWN).map((one, index) => (
          <li key={index}>
            <Identity identity={one} tools={tools} />
          </li>
        ))}
      </ul>
      {hidden > 0 && <p class="hint">{IMPACT.more(hidden)}</p>}
    </>
  )
}

type IdentityProps = { readonly identity: ReplayedIdentity; readonly tools: Tools }

function Identity({ identity, tools }: IdentityProps) {
  const { issuer, subject, resource, before, after, decisions, examples } = identity
  const [example] = examples
  return (
    <>
      <div>
        <Name text={issuer} /> <Name text={subject} isCode />
        {resource !== undefined && (
          <>
            {' → '}
            <Name text={resource} isCode />
          </>
        )}
      </div>
      <dl class="facts compact">
        <dt>{IMPACT.was}</dt>
        <dd>
          <Name text={tools.describeResult(before)} />
        </dd>
        <dt>{IMPACT.becomes}</dt>
        <dd>
          <Name text={tools.describeResult(after)} />
        </dd>
        <dt>{IMPACT.seen}</dt>
        <dd>
          {decisions}
          {example !== undefined && (
            <>
              {', '}
              {IMPACT.example.toLowerCase()}:{' '}
              <Link to={pathTo('decisions', example)}>{example}</Link>
            </>
          )}
        </dd>
      </dl>
    </>
  )
}
