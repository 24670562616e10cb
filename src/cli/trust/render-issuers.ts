/** Renders the state of a gateway's issuers as text. */
import type {
  FetchedKeysReport,
  IssuerReport,
  UnusableKey,
  UploadedKeysReport,
} from '../../contract/admin.ts'

/** Renders one paragraph for each issuer. Ages are relative to `at`, in epoch seconds. */
export function renderIssuers(issuers: readonly IssuerReport[], at: number): string {
  if (issuers.length === 0) return 'no issuer is trusted'
  return issuers.map((issuer) => renderIssuer(issuer, at).join('\n')).join('\n\n')
}

function renderIssuer(issuer: IssuerReport, at: number): readonly string[] {
  const { name, provider, url, keys, decisions, warnings, source } = issuer
  const since = decisions.since === null ? '' : ` since ${time(decisions.since)}`
  return [
    `${name} (${provider}${source === 'policy' ? ', deploy-time policy' : ''})`,
    `  ${url}`,
    ...(keys.kind === 'fetched' ? renderFetched(keys, at) : renderUploaded(keys)),
    `  subject tokens: ${decisions.granted} granted, ${decisions.denied} denied${since}${renderCounting(decisions)}`,
    ...warnings.map((warning) => `  warning: ${warning}`),
  ]
}

function renderCounting({ state = 'on' }: IssuerReport['decisions']): string {
  if (state === 'off') return ' (not counted any more: DECISION_LOG is not bound)'
  return state === 'incomplete' ? ' (incomplete: a part of the counts did not answer)' : ''
}

function renderUploaded({
  ids,
  ends_at: end,
  unusable = [],
}: UploadedKeysReport): readonly string[] {
  const list = ids.map((kid) => kid ?? '(no kid)').join(', ')
  return [
    `  keys: uploaded, ${end === null ? 'without an expiry' : `until ${time(end)}`}: ${list}`,
    ...unusable.map(renderUnusable),
  ]
}

function renderUnusable({ index, kid, member, reason }: UnusableKey): string {
  const place = member === null ? '' : `"${member}" `
  return `    not used: key ${index}${kid === null ? '' : `, ${kid}`}: ${place}${reason}`
}

function renderFetched(keys: FetchedKeysReport, at: number): readonly string[] {
  const {
    state,
    fetched_at: fetched,
    next_fetch_at: next,
    last_fault: fault,
    failed_at: failed,
    unusable = [],
    offered_key_host: host = null,
    answered_from_memory: answered = 0,
  } = keys
  const skew = keys.clock_skew_seconds
  return [
    `  keys: ${state}${fetched === null ? '' : `, fetched ${age(at - fetched)} ago`}${next === null ? '' : `, next ${time(next)}`}`,
    ...keys.ids.map(
      ({ kid, first_seen_at: seen }) => `    ${kid ?? '(no kid)'}, known for ${age(at - seen)}`,
    ),
    ...unusable.map(renderUnusable),
    ...(failed === null
      ? []
      : [`  last failure: ${time(failed)}${fault === null ? '' : `, ${fault}`}`]),
    ...(host === null ? [] : [`  key host refused: ${host}`]),
    ...(skew === null ? [] : [`  clock: ${skew} s from the gateway's`]),
    ...(answered === 0
      ? []
      : [
          `  missing keys: ${answered} ${answered === 1 ? 'token' : 'tokens'} answered without the trust store`,
        ]),
  ]
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

function age(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, seconds)} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} days`
}
