/**
 * `GET /health` tells whether the gateway is ready, and names the variable or store that is not. It
 * answers without valid settings, because it reports their problems.
 */

import type { SettingsProblem } from '../../contract/settings.ts'
import { POLICY_RULE_WARNING_SECONDS, UPLOADED_KEYS_WARNING_SECONDS } from '../../core/limits.ts'
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { Unavailable } from '../../core/ports.ts'
import { findKeyWarnings } from '../../core/tokens/key-health.ts'
import type { TrustView } from '../../core/trust-view.ts'
import type { ReaderFault } from '../caches/revocations/revocation-snapshot.ts'
import type { TrustReader } from '../caches/trust/trust-snapshot.ts'
import { getComposition, readClock } from '../compose.ts'
import type { AppContext, Gateway } from '../context.ts'
import { describeRateLimits } from '../http/rate-limits.ts'
import { respondJson } from '../http/respond.ts'
import type { DecisionLogHealth } from '../objects/decision-log/shard-health.ts'
import type { PublicationFault } from '../objects/revocation-log/publication-state.ts'

const STALE_POINTER =
  'the revocations in KV are too old: edge checks read them from the revocation log'

type Check = {
  readonly ready: boolean
  readonly problems?: readonly SettingsProblem[]
  readonly fault?: PublicationFault | 'segment_unavailable'
}

export async function healthRoute(c: AppContext): Promise<Response> {
  const composition = await getComposition(c.env, c.req.raw)
  if (!composition.ok) {
    return respondJson(
      {
        status: 'not_ready',
        checks: { settings: { ready: false, problems: composition.error } },
      },
      503,
    )
  }
  const { isReady, report } = await describeHealth(c, composition.value, false)
  return respondJson(report, isReady ? 200 : 503)
}

/**
 * Returns the report. With `isNamed`, its warnings name rules, issuers and resources. `/health` is
 * public and must not reveal them.
 */
export async function describeHealth(
  c: Pick<AppContext, 'env' | 'executionCtx'>,
  gateway: Gateway,
  isNamed: boolean,
) {
  const at = readClock()
  const hasKeys = gateway.keyRing.keys.length > 0
  let view: TrustView | undefined
  let readerFault: ReaderFault | undefined
  const [stores, trust, revocations] = await Promise.all([
    gateway.storeHealth(at),
    check(async () => {
      view = await gateway.trust.load(at, (task) => c.executionCtx.waitUntil(task))
    }),
    check(async () => {
      readerFault = (await gateway.revocations.load(at)).fault
    }),
  ])
  const unread = readerFault === 'segment_unavailable' ? readerFault : null
  const fault = stores.publicationFault ?? unread
  const checks = {
    settings: { ready: true },
    signing_keys: {
      ready: hasKeys && gateway.keyProblems.length === 0,
      ...(gateway.keyProblems.length > 0 ? { problems: gateway.keyProblems } : {}),
    },
    trust_store: { ready: trust && stores.trustStore },
    trust_document: { ready: view?.document !== undefined },
    replay_ledger: { ready: stores.replayLedger },
    revocations: {
      ready: revocations && stores.revocationLog && fault === null,
      ...(fault === null ? {} : { fault }),
    },
    ...describeDecisionLog(stores.decisionLog),
  } satisfies Readonly<Record<string, Check>>
  const isReady = Object.values(checks).every(({ ready }) => ready)
  return {
    isReady,
    revision: view?.revision ?? null,
    report: {
      status: isReady ? 'ready' : 'not_ready',
      checks: {
        ...checks,
        admin: { enabled: gateway.settings.policy !== undefined },
        rate_limits: describeRateLimits(c.env),
        assets: { enabled: c.env.ASSETS !== undefined },
        trust_layers: describeLayers(gateway.skippedLayers),
        ...(stores.decisionLog === undefined ? { decision_log: { enabled: false } } : {}),
      },
      warnings: [
        ...findKeyWarnings(gateway.keyRing, at),
        ...findEndingPolicy(gateway.settings.policy, at, isNamed),
        ...findAgeingKeys(view, at, isNamed),
        ...findLeftOut(view),
        ...(readerFault === 'pointer_stale' ? [STALE_POINTER] : []),
        ...findRefusedForms(gateway.trust.refusedForms()),
        ...findDecisionFaults(stores.decisionLog, gateway.decisions.dropped()),
        ...findStrictResources(view, stores.decisionLog, isNamed),
      ],
    },
  }
}

/** The gateway works without layers, so they do not decide whether it is ready. */
function describeLayers(skipped: Gateway['skippedLayers']) {
  if (skipped === undefined) return { enabled: false }
  return { enabled: true, skipped: skipped() }
}

/** Without names, a rule has its position. */
function findEndingPolicy(
  policy: CompiledTrust | undefined,
  at: number,
  isNamed: boolean,
): readonly string[] {
  if (policy?.rules.length === 0)
    return ['BOOTSTRAP_TRUST has no rule, so there is no administrator']
  return (policy?.rules ?? []).flatMap(({ name, position, expiresAt }) => {
    const rule = `rule ${isNamed ? name : position + 1} of BOOTSTRAP_TRUST`
    if (expiresAt <= at) return [`${rule} has ended and grants no tokens to administrators`]
    if (expiresAt > at + POLICY_RULE_WARNING_SECONDS) return []
    return [`${rule} ends in ${Math.ceil((expiresAt - at) / 86_400)} days`]
  })
}

/** Gives only the number of problems, because `/health` is public. */
function findLeftOut(view: TrustView | undefined): readonly string[] {
  const count = view?.problems.length ?? 0
  if (count === 0) return []
  const problems = count === 1 ? '1 problem' : `${count} problems`
  return [`the stored trust document has ${problems}: run edgemint plan`]
}

/** The gateway works without compiled forms, but its first request after a change takes longer. */
function findRefusedForms(refused: ReturnType<TrustReader['refusedForms']>): readonly string[] {
  return Object.entries(refused).map(
    ([fault, count]) =>
      `this isolate refused ${count === 1 ? '1 compiled form' : `${count} compiled forms`} of the trust document (${fault}) and compiled the document`,
  )
}

function findAgeingKeys(
  view: TrustView | undefined,
  at: number,
  isNamed: boolean,
): readonly string[] {
  const issuers = [...(view?.document?.issuers.values() ?? [])]
  const ageing = issuers.filter(
    ({ uploadedKeysEnd }) => uploadedKeysEnd <= at + UPLOADED_KEYS_WARNING_SECONDS,
  )
  if (ageing.length === 0) return []
  const count = ageing.length === 1 ? '1 issuer' : `${ageing.length} issuers`
  const whose = isNamed ? ageing.map(({ name }) => name).join(', ') : count
  return [`uploaded keys of ${whose} have ended or end soon: run edgemint issuers`]
}

/** The log of a deployment without the binding is off, and not a part that has to be ready. */
function describeDecisionLog(
  log: DecisionLogHealth | undefined,
): Readonly<Record<string, { readonly ready: boolean; readonly enabled: true }>> {
  return log === undefined ? {} : { decision_log: { ready: log.isWritable, enabled: true } }
}

function findDecisionFaults(
  log: DecisionLogHealth | undefined,
  dropped: number,
): readonly string[] {
  const faults = (log?.faults ?? []).map(
    ({ shard, fault }) => `shard ${shard} of the decision log has a fault: ${fault}`,
  )
  if (dropped === 0) return faults
  const decisions = dropped === 1 ? '1 decision' : `${dropped} decisions`
  return [...faults, `this isolate dropped ${decisions} that the decision log did not accept`]
}

function findStrictResources(
  view: TrustView | undefined,
  log: DecisionLogHealth | undefined,
  isNamed: boolean,
): readonly string[] {
  const resources = [...(view?.document?.resources.values() ?? [])]
  const strict = resources.filter(({ audit }) => audit === 'strict')
  if (log !== undefined || strict.length === 0) return []
  const count = strict.length === 1 ? '1 resource' : `${strict.length} resources`
  const whose = isNamed ? strict.map(({ uri }) => uri).join(', ') : count
  const has = strict.length === 1 ? 'has' : 'have'
  return [`${whose} ${has} audit: strict and gets no tokens: DECISION_LOG is not bound`]
}

async function check(ask: () => unknown): Promise<boolean> {
  try {
    await ask()
    return true
  } catch (error) {
    if (error instanceof Unavailable) return false
    throw error
  }
}
