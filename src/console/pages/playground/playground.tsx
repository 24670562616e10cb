/** The playground: claims in, decision out, with the trace. */
import { useMemo, useState } from 'preact/hooks'
import { createTurns } from '../../api/turns.ts'
import { useData } from '../../api/use-data.ts'
import { Field } from '../../parts/field.tsx'
import { Empty, Failure, LoadedView, Loading } from '../../parts/states.tsx'
import type { Session } from '../../session/session.ts'
import { PageFrame } from '../../shell/page-frame.tsx'
import type { PageProps } from '../../shell/page-props.ts'
import { PLAYGROUND } from '../../texts/playground.ts'
import { loadDraft } from '../editor/draft.ts'
import { loadTrust, type Revision } from '../editor/trust-api.ts'
import { ClaimsInput, type ClaimsState, fieldsOf, NO_CLAIMS, readClaims } from './claims-input.tsx'
import { askDraft, askGateway, type Fault } from './decide.ts'
import { Decision } from './decision.tsx'
import { Make } from './make.tsx'
import { listIssuers, listResources } from './parties.ts'
import { type Decided, type PlaygroundRequest, type RequestFields, readRequest } from './request.ts'
import { RequestForm } from './request-form.tsx'
import { usePlaygroundTools } from './use-playground-tools.ts'

export function Page({ session }: PageProps) {
  const trust = useData('trust-playground', (signal) => loadTrust(undefined, signal))
  return (
    <PageFrame title={PLAYGROUND.title}>
      <p>{PLAYGROUND.explain}</p>
      <LoadedView data={trust} what={PLAYGROUND.loading}>
        {(inForce) => <Playground inForce={inForce} session={session} />}
      </LoadedView>
    </PageFrame>
  )
}

type Props = { readonly inForce: Revision; readonly session: Session }
type Answer = { readonly request: PlaygroundRequest; readonly decided: Decided }

const NOTHING_ASKED: RequestFields = {
  issuer: '',
  resource: '',
  scopes: '',
  rule: '',
  lifetime: '',
}

function Playground({ inForce, session }: Props) {
  const loaded = usePlaygroundTools()
  const tools = typeof loaded === 'string' ? undefined : loaded
  const issuers = useMemo(() => listIssuers(inForce.document), [inForce])
  const resources = useMemo(() => listResources(inForce.document), [inForce])
  const [fields, setFields] = useState<RequestFields>(() => ({
    ...NOTHING_ASKED,
    issuer: issuers[0]?.name ?? '',
  }))
  const [claims, setClaims] = useState<ClaimsState>(NO_CLAIMS)
  const [byDraft, setByDraft] = useState(false)
  const [fault, setFault] = useState<string>()
  const [failed, setFailed] = useState<Fault>()
  const [answer, setAnswer] = useState<Answer>()
  const [isCurrent, setCurrent] = useState(true)
  const [isBusy, setBusy] = useState(false)
  const [turns] = useState(createTurns)
  const outdate = () => {
    turns.begin()
    setCurrent(false)
  }
  const draft = useMemo(() => loadDraft(session.subject), [session.subject])
  const issuer = issuers.find(({ name }) => name === fields.issuer)
  const asked = issuers.find(({ name }) => name === answer?.request.issuer)
  const claimFields = useMemo(() => fieldsOf(tools, issuer), [tools, issuer])

  async function decide(event: Event) {
    event.preventDefault()
    const read = readClaims(claims, claimFields)
    setFault(read.ok ? undefined : read.error)
    if (!read.ok) return
    const request = readRequest(fields, read.value)
    setBusy(true)
    const isUnchanged = turns.begin()
    const result =
      byDraft && draft !== undefined && tools !== undefined
        ? await askDraft(request, draft, session.issuer, tools)
        : await askGateway(request)
    setBusy(false)
    setCurrent(isUnchanged())
    setFailed(result.ok ? undefined : result.error)
    setAnswer(result.ok ? { request, decided: result.value } : undefined)
  }

  if (loaded === 'loading') return <Loading what={PLAYGROUND.loadingTools} />
  if (issuers.length === 0) return <Empty>{PLAYGROUND.noIssuers}</Empty>
  return (
    <div class="two-sides">
      <form onSubmit={(event) => void decide(event)} class="stack">
        <section class="card">
          <h2>{PLAYGROUND.who}</h2>
          {loaded === 'failed' && (
            <p class="notice warn" role="status">
              <strong>{PLAYGROUND.toolsFailed.title}.</strong> {PLAYGROUND.toolsFailed.detail}
            </p>
          )}
          <Field label={PLAYGROUND.issuer}>
            {(ids) => (
              <select
                {...ids}
                value={fields.issuer}
                onChange={({ currentTarget }) => {
                  setFields({ ...fields, issuer: currentTarget.value })
                  setClaims({ ...NO_CLAIMS, input: claims.input })
                  outdate()
                }}
              >
                {issuers.map(({ name, provider }) => (
                  <option key={name} value={name}>
                    {name} ({provider})
                  </option>
                ))}
              </select>
            )}
          </Field>
          <ClaimsInput
            {...{ issuer, tools, fault }}
            state={claims}
            fields={claimFields}
            onChange={(next) => {
              setClaims(next)
              setFault(undefined)
              outdate()
            }}
          />
        </section>
        <RequestForm
          {...{ fields, resources, byDraft, isBusy }}
          revision={inForce.revision}
          hasDraft={draft !== undefined && tools !== undefined}
          onChange={(next) => {
            setFields(next)
            outdate()
          }}
          onSource={(next) => {
            setByDraft(next)
            outdate()
          }}
        />
      </form>
      <div class="stack">
        <section class="card" aria-live="polite">
          <h2>{PLAYGROUND.result}</h2>
          {answer !== undefined && !isCurrent && <p class="notice warn">{PLAYGROUND.outdated}</p>}
          {failed?.kind === 'draft_refused' && <p class="notice bad">{PLAYGROUND.draftRefused}</p>}
          {failed?.kind === 'failed' && <Failure failure={failed.failure} />}
          {answer === undefined ? (
            failed === undefined && <p class="hint">{PLAYGROUND.empty}</p>
          ) : (
            <Decision decided={answer.decided} />
          )}
        </section>
        {answer !== undefined && tools !== undefined && asked !== undefined && (
          <section class="card">
            <h2>{PLAYGROUND.make}</h2>
            <Make {...{ tools, resources }} {...answer} issuer={asked} subject={session.subject} />
          </section>
        )}
      </div>
    </div>
  )
}
