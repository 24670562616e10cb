/**
 * The certificate of a gateway that ends TLS itself: read from its files, checked, and read again
 * when they change. A certificate that cannot serve is refused with one sentence, and the one before
 * stays in use.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import {
  CERTIFICATE_CHECK_MILLISECONDS,
  CERTIFICATE_WARNING_MILLISECONDS,
  CERTIFICATE_WARNING_PART,
  MAX_CERTIFICATE_BYTES,
} from '../limits.ts'

/** The files of a gateway that ends TLS itself. */
export type CertificateFiles = {
  /** PEM: the certificate of the host first, then those of its issuers. */
  readonly certificate: string
  /** PEM without a passphrase. */
  readonly key: string
  /** PEM of the authorities that sign client certificates. Undefined: none are asked for. */
  readonly clientAuthorities: string | undefined
}

export type Certificate = {
  readonly cert: string
  readonly key: string
  readonly ca: string | undefined
  /** Milliseconds. */
  readonly startsAt: number
  readonly endsAt: number
}

/** A certificate that cannot serve. Its message is a sentence without any part of the key. */
export class CertificateUnusable extends Error {}

/** Not the group: on Debian, a key belongs to the group `ssl-cert`. */
const OTHERS = 0o007

/** `host` is the host of the issuer URL, without a port. */
export function loadCertificate(files: CertificateFiles, host: string, now: number): Certificate {
  const cert = read(files.certificate)
  const key = readKey(files.key)
  const leaf = parseCertificate(cert, files.certificate)
  const startsAt = Date.parse(leaf.validFrom)
  const endsAt = Date.parse(leaf.validTo)
  if (endsAt <= now) throw new CertificateUnusable(`${files.certificate} ended ${dayOf(endsAt)}`)
  if (startsAt > now) {
    throw new CertificateUnusable(
      `${files.certificate} is valid only from ${dayOf(startsAt).slice(3)}`,
    )
  }
  if (!leaf.checkPrivateKey(parseKey(key, files.key))) {
    throw new CertificateUnusable(`${files.key} is not the key of ${files.certificate}`)
  }
  const name = host.replace(/^\[|\]$/g, '')
  const isNamed = isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)
  if (isNamed === undefined) {
    throw new CertificateUnusable(`${files.certificate} is not for ${name}, the host of the issuer`)
  }
  const { clientAuthorities } = files
  const ca = clientAuthorities === undefined ? undefined : read(clientAuthorities)
  if (ca !== undefined && clientAuthorities !== undefined) parseCertificate(ca, clientAuthorities)
  requireTls(files.certificate, { cert, key, ca })
  return { cert, key, ca, startsAt, endsAt }
}

/** OpenSSL refuses more than the checks here, such as a key that is too short. */
function requireTls(path: string, { cert, key, ca }: Pick<Certificate, 'cert' | 'key' | 'ca'>) {
  try {
    createSecureContext({ cert, key, ca })
  } catch {
    throw new CertificateUnusable(`${path} cannot be used for TLS`)
  }
}

/** A sentence when little of the life of the certificate is left, else undefined. */
export function findCertificateWarning(
  { startsAt, endsAt }: Pick<Certificate, 'startsAt' | 'endsAt'>,
  now: number,
): string | undefined {
  if (endsAt <= now) return `the TLS certificate ended ${dayOf(endsAt)}`
  const part = (endsAt - startsAt) * CERTIFICATE_WARNING_PART
  if (endsAt - now > Math.min(CERTIFICATE_WARNING_MILLISECONDS, part)) return undefined
  return `the TLS certificate ends ${dayOf(endsAt)}: replace its files`
}

export type CertificateWatch = {
  readonly current: () => Certificate
  /** Reads the files now, as after SIGHUP. */
  readonly reload: () => void
  readonly close: () => void
}

export type CertificateWatchOptions = {
  readonly files: CertificateFiles
  readonly host: string
  /** Called with each new certificate. Throws if it cannot be used. */
  readonly onChange: (certificate: Certificate) => void
  /** Called once for each content that cannot serve. */
  readonly onRefused: (message: string) => void
  readonly now?: () => number
}

/**
 * Loads the certificate, and looks at the content of its files every few seconds: a directory of
 * links, as Kubernetes and certbot make, changes without an event. Throws `CertificateUnusable`.
 */
export function watchCertificate(options: CertificateWatchOptions): CertificateWatch {
  const { files, host, onChange, onRefused, now = Date.now } = options
  let current = loadCertificate(files, host, now())
  let seen = contentOf(files)

  function reload(): void {
    seen = contentOf(files)
    try {
      const next = loadCertificate(files, host, now())
      onChange(next)
      current = next
    } catch (error) {
      onRefused(error instanceof Error ? error.message : String(error))
    }
  }

  const timer = setInterval(() => {
    if (contentOf(files) !== seen) reload()
  }, CERTIFICATE_CHECK_MILLISECONDS).unref()
  return { current: () => current, reload, close: () => clearInterval(timer) }
}

/** The rights of the key belong to it: `chmod` makes a refused key usable. */
function contentOf({ certificate, key, clientAuthorities }: CertificateFiles): string {
  return [certificate, key, clientAuthorities ?? '']
    .map((path) => {
      try {
        if (path === '') return ''
        const { text, isOpen } = readFile(path)
        return path === key ? `${isOpen} ${text}` : text
      } catch {
        return 'unreadable'
      }
    })
    .join('\n')
}

function readKey(path: string): string {
  const { text, isOpen } = readPem(path)
  if (isOpen) {
    throw new CertificateUnusable(`${path} is readable by other users: run chmod o-rwx ${path}`)
  }
  return text
}

function read(path: string): string {
  return readPem(path).text
}

function readPem(path: string): FileRead {
  try {
    const file = readFile(path)
    if (file.text.length <= MAX_CERTIFICATE_BYTES) return file
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new CertificateUnusable(`${path} cannot be read${code}`)
  }
  throw new CertificateUnusable(`${path} is too large for a certificate`)
}

type FileRead = {
  readonly text: string
  /** Whether users beside the owner and the group have rights. Windows does not tell. */
  readonly isOpen: boolean
}

/** Checks the rights of the open file, so that it cannot be exchanged after the check. */
function readFile(path: string): FileRead {
  const file = openSync(path, 'r')
  try {
    const isOpen = process.platform !== 'win32' && (fstatSync(file).mode & OTHERS) !== 0
    return { text: readFileSync(file, 'utf8'), isOpen }
  } finally {
    closeSync(file)
  }
}

function parseCertificate(text: string, path: string): X509Certificate {
  try {
    return new X509Certificate(text)
  } catch {
    throw new CertificateUnusable(`${path} is not a certificate in PEM`)
  }
}

function parseKey(text: string, path: string) {
  try {
    return createPrivateKey(text)
  } catch {
    throw new CertificateUnusable(`${path} is not a private key in PEM without a passphrase`)
  }
}

function dayOf(at: number): string {
  return `on ${new Date(at).toISOString().replace(/\.000Z$/, 'Z')}`
}
