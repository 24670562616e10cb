/**
 * What a gateway in production has beside a local one: the HTTP server with its certificate, `/ready`,
 * and a stop that ends no request and loses no decision.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { reachableUrl } from '../issuer/admission.ts'
import { countConnections } from '../issuer/descriptors.ts'
import { WARNING_REPEAT_MILLISECONDS } from '../limits.ts'
import type { Upstream } from '../serve/front.ts'
import {
  type CertificateFiles,
  type CertificateWatch,
  findCertificateWarning,
  loadCertificate,
  watchCertificate,
} from './certificate.ts'
import { parseProxies } from './client-address.ts'
import { openProductionFront, type ProductionFront } from './front.ts'
import { createReadiness, type Readiness } from './readiness.ts'

/** Options of a gateway that other machines use. */
export type ProductionOptions = {
  /** The addresses and networks of proxies whose `X-Forwarded-For` counts. */
  readonly proxies: readonly string[]
  /** The files of the gateway's own certificate. Undefined: proxies end TLS. */
  readonly certificate?: CertificateFiles
  /** Called with what an operator should know. No event contains a token or a key. */
  readonly onEvent: (event: ProductionEvent) => void
}

/** What an operator of a gateway in production should know. */
export type ProductionEvent =
  | { readonly event: 'certificate_loaded'; readonly endsAt: string }
  | { readonly event: 'certificate_refused' | 'certificate_ends'; readonly message: string }
  | { readonly event: 'stopping' }
  | {
      readonly event: 'stopped'
      /** Requests that did not end in time. */
      readonly cutRequests: number
      /** Decisions that the log did not accept. Null: workerd did not answer. */
      readonly lostDecisions: number | null
    }

/** The limits of a graceful stop. */
export type StopOptions = {
  /** How long requests are still accepted after `/ready` has changed. */
  readonly delayMilliseconds: number
  /** How long requests may then take. */
  readonly deadlineMilliseconds: number
}

export type Production = {
  readonly port: number
  readonly url: string
  /** Variables of the Worker. */
  readonly variables: Readonly<Record<string, string>>
  readonly describeReadiness: () => Promise<Readiness>
  readonly reloadCertificate: () => void
  /** Accepts nothing more, and lets requests end. Returns how many did not. */
  readonly endRequests: (options: StopOptions) => Promise<number>
  readonly close: () => Promise<void>
}

export type OpenOptions = ProductionOptions & {
  readonly host: string
  readonly port: number
  readonly issuer: string
  readonly findUpstream: () => Promise<Upstream>
  readonly askHealth: () => Promise<unknown>
  readonly findStateWarning: () => string | undefined
}

/** Throws `CertificateUnusable`. Writes nothing. */
export function requireCertificate({ certificate }: ProductionOptions, issuer: string): void {
  if (certificate !== undefined) {
    loadCertificate(certificate, new URL(issuer).hostname, Date.now())
  }
}

/** Throws `CertificateUnusable`, and the error of the system if the address cannot be used. */
export async function openProduction(options: OpenOptions): Promise<Production> {
  const { host, issuer, onEvent } = options
  const proxies = parseProxies(options.proxies)
  if (proxies === undefined) throw new TypeError('a proxy is an address or a network')
  const frontKey = randomBytes(32).toString('base64url')
  let isStopping = false
  let front: ProductionFront | undefined
  const watch = startWatch(options, () => front)
  const describeReadiness = createReadiness({
    isStopping: () => isStopping,
    askHealth: options.askHealth,
    findStateWarning: options.findStateWarning,
    describeCertificate: () => describeCertificate(watch, Date.now()),
  })
  try {
    front = await openProductionFront({
      host,
      port: options.port,
      maxConnections: countConnections(),
      frontKey,
      proxies,
      certificate: watch?.current(),
      findUpstream: options.findUpstream,
      describeReadiness,
    })
  } catch (error) {
    watch?.close()
    throw error
  }
  const opened = front
  const reminder = startReminder(watch, onEvent)
  const bindsCertificates = options.certificate?.clientAuthorities !== undefined
  const plain = reachableUrl(host, opened.port)
  return {
    port: opened.port,
    url: watch === undefined ? plain : new URL(plain.replace(/^http:/, 'https:')).origin,
    variables: {
      FRONT_KEY: frontKey,
      ...(bindsCertificates ? { CERTIFICATE_BOUND_TOKENS: 'true' } : {}),
    },
    describeReadiness,
    reloadCertificate: () => watch?.reload(),
    async endRequests({ delayMilliseconds, deadlineMilliseconds }) {
      isStopping = true
      opened.announceStop()
      onEvent({ event: 'stopping' })
      if (delayMilliseconds > 0) await sleep(delayMilliseconds)
      return opened.drain(deadlineMilliseconds)
    },
    async close() {
      clearInterval(reminder)
      watch?.close()
      await opened.close()
    },
  }

  function startWatch(
    { certificate: files }: OpenOptions,
    findFront: () => ProductionFront | undefined,
  ): CertificateWatch | undefined {
    if (files === undefined) return undefined
    return watchCertificate({
      files,
      host: new URL(issuer).hostname,
      onChange(certificate) {
        findFront()?.useCertificate(certificate)
        onEvent({ event: 'certificate_loaded', endsAt: new Date(certificate.endsAt).toISOString() })
      },
      onRefused: (message) => onEvent({ event: 'certificate_refused', message }),
    })
  }
}

function describeCertificate(watch: CertificateWatch | undefined, now: number) {
  if (watch === undefined) return undefined
  const certificate = watch.current()
  const warning = findCertificateWarning(certificate, now)
  return { isValid: certificate.endsAt > now, endsAt: certificate.endsAt, warning }
}

/** Reports a certificate that ends, at the start and twice a day. */
function startReminder(
  watch: CertificateWatch | undefined,
  onEvent: ProductionOptions['onEvent'],
): NodeJS.Timeout {
  function remind(): void {
    const message = watch && findCertificateWarning(watch.current(), Date.now())
    if (message !== undefined) onEvent({ event: 'certificate_ends', message })
  }
  remind()
  return setInterval(remind, WARNING_REPEAT_MILLISECONDS).unref()
}
