import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { CERTIFICATE_CHECK_MILLISECONDS } from '../../../src/dev/limits.ts'
import {
  findCertificateWarning,
  loadCertificate,
  watchCertificate,
} from '../../../src/dev/production/certificate.ts'
import { makeSelfSigned, type SelfSigned } from '../../support/self-signed.ts'

const NOW = Date.parse('2026-11-29T00:00:00Z')
const DAY = 86_400_000
const HOST = 'sts.example.com'
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-certificate-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

let count = 0
function write({ certificate, privateKey }: SelfSigned) {
  count += 1
  const files = {
    certificate: join(scratch, `${count}.pem`),
    key: join(scratch, `${count}.key`),
    clientAuthorities: undefined as string | undefined,
  }
  writeFileSync(files.certificate, certificate)
  writeFileSync(files.key, privateKey, { mode: 0o600 })
  return files
}

const good = makeSelfSigned(HOST)

describe('a certificate', () => {
  it('is loaded with its key and its end', () => {
    expect(loadCertificate(write(good), HOST, NOW)).toMatchObject({
      cert: good.certificate,
      key: good.privateKey,
      ca: undefined,
      endsAt: Date.parse('2099-12-31T00:00:00Z'),
    })
  })

  it.each([
    [
      'has ended',
      makeSelfSigned(HOST, ['20200101000000Z', '20261128120000Z']),
      /ended on 2026-11-28T12:00:00Z$/,
    ],
    [
      'is not valid yet',
      makeSelfSigned(HOST, ['20270101000000Z', '20280101000000Z']),
      /is valid only from 2027-01-01T00:00:00Z$/,
    ],
    [
      'is for another host',
      makeSelfSigned('other.example.com'),
      /is not for sts\.example\.com, the host of the issuer$/,
    ],
    [
      'has another key',
      { ...good, privateKey: makeSelfSigned(HOST).privateKey },
      /\.key is not the key of .*\.pem$/,
    ],
    ['is not PEM', { ...good, certificate: 'hello' }, /is not a certificate in PEM$/],
    [
      'has a key that is not PEM',
      { ...good, privateKey: 'hello' },
      /is not a private key in PEM without a passphrase$/,
    ],
  ])('that %s is refused with one sentence', (_, pair, sentence) => {
    expect(() => loadCertificate(write(pair), HOST, NOW)).toThrow(sentence)
  })

  it('whose chain OpenSSL refuses is refused with one sentence', () => {
    const broken = good.certificate.replace(/\n.{8}/, '\nAAAAAAAA')
    const files = write({ ...good, certificate: `${good.certificate}${broken}` })
    expect(() => loadCertificate(files, HOST, NOW)).toThrow(/\.pem cannot be used for TLS$/)
  })

  it('that is missing or too large is refused', () => {
    const files = write({ ...good, certificate: 'x'.repeat(1024 * 1024 + 1) })
    expect(() => loadCertificate(files, HOST, NOW)).toThrow('is too large')
    const missing = { ...files, certificate: join(scratch, 'none.pem') }
    expect(() => loadCertificate(missing, HOST, NOW)).toThrow('none.pem cannot be read (ENOENT)')
    const authorities = { ...write(good), clientAuthorities: files.key }
    expect(() => loadCertificate(authorities, HOST, NOW)).toThrow('is not a certificate in PEM')
  })

  it.each([
    ['certbot, its owner alone', 0o600],
    ['a credential of systemd', 0o400],
    ['a credential of systemd with a list of access', 0o440],
    ['the group ssl-cert of Debian', 0o640],
  ])('is loaded with a key for %s', (_, mode) => {
    const files = write(good)
    chmodSync(files.key, mode)
    expect(loadCertificate(files, HOST, NOW).key).toBe(good.privateKey)
  })

  it.each([0o644, 0o604, 0o666])('is refused with a key of the rights %o', (mode) => {
    const files = write(good)
    chmodSync(files.key, mode)
    expect(() => loadCertificate(files, HOST, NOW)).toThrow(
      `${files.key} is readable by other users: run chmod o-rwx ${files.key}`,
    )
  })

  it('and its authorities may be readable by everybody', () => {
    const files = write(good)
    chmodSync(files.certificate, 0o644)
    const withAuthorities = { ...files, clientAuthorities: files.certificate }
    expect(loadCertificate(withAuthorities, HOST, NOW).ca).toBe(good.certificate)
  })

  it.each([
    ['90 days, 15 left', 90, 15, undefined],
    ['90 days, 13 left', 90, 13, /^the TLS certificate ends on 2026-12-12T00:00:00Z: replace/],
    ['6 days, 2 left', 6, 2, undefined],
    ['6 days, 1 left', 6, 1, /ends on 2026-11-30/],
    ['90 days, ended', 90, 0, /^the TLS certificate ended on 2026-11-29/],
  ])('warns before its end: %s', (_, life, left, sentence) => {
    const endsAt = NOW + left * DAY
    const warning = findCertificateWarning({ startsAt: endsAt - life * DAY, endsAt }, NOW)
    if (sentence === undefined) expect(warning).toBeUndefined()
    else expect(warning).toMatch(sentence)
  })
})

describe('files that change', () => {
  afterEach(() => void vi.useRealTimers())

  function watch(files: ReturnType<typeof write>, onChange = () => {}) {
    const refused: string[] = []
    const watched = watchCertificate({
      files,
      host: HOST,
      onChange,
      onRefused: (message) => refused.push(message),
      now: () => NOW,
    })
    watched.close()
    return { watched, refused }
  }

  it('replace the certificate', () => {
    const files = write(good)
    const { watched, refused } = watch(files)
    const next = makeSelfSigned(HOST)
    writeFileSync(files.certificate, next.certificate)
    watched.reload()
    // Between the two writes, the files do not fit.
    expect([watched.current().cert, refused]).toEqual([
      good.certificate,
      [`${files.key} is not the key of ${files.certificate}`],
    ])
    writeFileSync(files.key, next.privateKey)
    watched.reload()
    expect([watched.current().cert, refused.length]).toEqual([next.certificate, 1])
  })

  it('are refused while other users can read the key, until its rights change', () => {
    vi.useFakeTimers()
    const files = write(good)
    const events: string[] = []
    const watched = watchCertificate({
      files,
      host: HOST,
      onChange: () => events.push('loaded'),
      onRefused: (message) => events.push(message),
      now: () => NOW,
    })
    for (const mode of [0o644, 0o640]) {
      chmodSync(files.key, mode)
      vi.advanceTimersByTime(CERTIFICATE_CHECK_MILLISECONDS)
    }
    watched.close()
    expect(events).toEqual([expect.stringContaining('is readable by other users'), 'loaded'])
  })

  it('do not replace it if the server cannot use them', () => {
    const files = write(good)
    const { watched, refused } = watch(files, () => {
      throw new Error('it cannot be used')
    })
    const next = makeSelfSigned(HOST)
    writeFileSync(files.certificate, next.certificate)
    writeFileSync(files.key, next.privateKey)
    watched.reload()
    expect([watched.current().cert, refused]).toEqual([good.certificate, ['it cannot be used']])
  })
})
