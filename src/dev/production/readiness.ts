/**
 * What `/ready` answers: whether this gateway should get requests. It is ready when workerd, the
 * stores, the keys and the certificate are, and not from the start of a stop.
 */

import { withDeadline } from '../../web/deadline.ts'
import { isJsonObject } from '../../web/json.ts'
import { READY_KEEP_MILLISECONDS, READY_MILLISECONDS } from '../limits.ts'

/** The answer of `/ready`. */
export type Readiness = {
  readonly isReady: boolean
  readonly report: {
    readonly status: 'ready' | 'not_ready'
    readonly checks: Readonly<Record<string, { readonly ready: boolean }>>
    readonly warnings: readonly string[]
  }
}

export type ReadinessOptions = {
  readonly isStopping: () => boolean
  /** Returns the report of the Worker's `/health`. Rejects while workerd is down. */
  readonly askHealth: () => Promise<unknown>
  /** What is wrong with the state directory while the gateway still works, or undefined. */
  readonly findStateWarning: () => string | undefined
  /** A sentence about the certificate, and whether it can still serve. */
  readonly describeCertificate: () =>
    | { readonly isValid: boolean; readonly endsAt: number; readonly warning: string | undefined }
    | undefined
}

export function createReadiness(options: ReadinessOptions): () => Promise<Readiness> {
  let kept: { readonly at: number; readonly health: Promise<unknown> } | undefined

  /** Many probes at once ask the stores once. */
  function health(): Promise<unknown> {
    const now = Date.now()
    if (kept === undefined || Math.abs(now - kept.at) > READY_KEEP_MILLISECONDS) {
      const asked = withDeadline(READY_MILLISECONDS, options.askHealth()).catch(() => undefined)
      kept = { at: now, health: asked }
    }
    return kept.health
  }

  return async () => {
    if (options.isStopping()) return report({ stopping: { ready: false } }, [])
    const found = await health()
    const certificate = options.describeCertificate()
    const own = [certificate?.warning, options.findStateWarning()]
    const { checks, warnings } = readHealth(found)
    return report(
      {
        workerd: { ready: found !== undefined },
        ...checks,
        ...(certificate === undefined ? {} : { certificate: describe(certificate) }),
      },
      [...own.filter((warning) => warning !== undefined), ...warnings],
    )
  }
}

function describe({ isValid, endsAt }: { isValid: boolean; endsAt: number }) {
  return { ready: isValid, ends_at: new Date(endsAt).toISOString().replace(/\.\d+Z$/, 'Z') }
}

function report(checks: Readiness['report']['checks'], warnings: readonly string[]): Readiness {
  const isReady = Object.values(checks).every(({ ready }) => ready)
  return { isReady, report: { status: isReady ? 'ready' : 'not_ready', checks, warnings } }
}

/** Members without `ready`, such as `admin`, describe the gateway and do not decide. */
function readHealth(health: unknown) {
  const checks: Record<string, { readonly ready: boolean }> = {}
  if (!isJsonObject(health)) return { checks, warnings: [] }
  for (const [name, check] of Object.entries(isJsonObject(health.checks) ? health.checks : {})) {
    const ready = isJsonObject(check) ? check.ready : undefined
    if (typeof ready === 'boolean') checks[name] = { ready }
  }
  const warnings = (Array.isArray(health.warnings) ? health.warnings : []).filter(
    (warning): warning is string => typeof warning === 'string',
  )
  return { checks, warnings }
}
