/**
 * `GET /health`: ready or not, and which part is not, by the name of the variable or the store.
 * Needs no settings to answer, because missing settings are what it is asked about.
 */
import { findKeyWarnings } from '../../core/issue/key-health.ts'
import { UPLOADED_KEYS_WARNING_SECONDS } from '../../core/limits.ts'
import { Unavailable } from '../../core/ports.ts'
import type { TrustView } from '../../core/trust-view.ts'
import { type Composition, readClock } from '../compose.ts'
import type { SettingsProblem } from '../config.ts'
import type { RateLimits } from '../rate-limits.ts'
import { respondJson } from '../respond.ts'

type Check = { readonly ready: boolean; readonly problems?: readonly SettingsProblem[] }

export async function answerHealth(
  composition: Composition,
  rateLimits: RateLimits,
  waitUntil: (task: Promise<unknown>) => void,
): Promise<Response> {
  if (!composition.ok) {
    return respondJson(
      {
        status: 'not_ready',
        checks: { settings: { ready: false, problems: composition.problems } },
      },
      503,
    )
  }
  const { gateway } = composition
  const at = readClock()
  const hasKeys = gateway.keyRing.keys.length > 0
  let view: TrustView | undefined
  const trust = await check(async () => {
    view = await gateway.trust.load(at, waitUntil)
  })
  const revocations = await check(() => gateway.revocations.load(at))
  const signingKeys: Check = {
    ready: hasKeys && gateway.keyProblems.length === 0,
    ...(gateway.keyProblems.length > 0 ? { problems: gateway.keyProblems } : {}),
  }
  const isReady = signingKeys.ready && trust.ready && revocations.ready
  return respondJson(
    {
      status: isReady ? 'ready' : 'not_ready',
      checks: {
        settings: { ready: true },
        signing_keys: signingKeys,
        trust_store: trust,
        revocations,
        admin: { enabled: gateway.settings.policy !== undefined },
        rate_limits: rateLimits,
      },
      warnings: [...findKeyWarnings(gateway.keyRing, at), ...findAgeingKeys(view, at)],
    },
    isReady ? 200 : 503,
  )
}

/** Everybody may ask here, so no issuer is named: `edgemint issuers` does that. */
function findAgeingKeys(view: TrustView | undefined, at: number): readonly string[] {
  const issuers = [...(view?.document.issuers.values() ?? [])]
  const ageing = issuers.filter(
    ({ uploadedKeysEnd }) => uploadedKeysEnd <= at + UPLOADED_KEYS_WARNING_SECONDS,
  )
  if (ageing.length === 0) return []
  const whose = ageing.length === 1 ? '1 issuer' : `${ageing.length} issuers`
  return [`uploaded keys of ${whose} have ended or end soon: see edgemint issuers`]
}

async function check(ask: () => unknown): Promise<Check> {
  try {
    await ask()
    return { ready: true }
  } catch (error) {
    if (error instanceof Unavailable) return { ready: false }
    throw error
  }
}
