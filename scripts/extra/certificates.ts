/**
 * Makes certificates for one run: one authority, certificates for the gateway and the API, and two
 * that proxies must refuse.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Certificate = { readonly cert: string; readonly key: string }

export type Certificates = {
  /** Path of the authority's certificate. */
  readonly authority: string
  readonly gateway: Certificate
  readonly api: Certificate
  /** For the name of the gateway, signed by another authority. */
  readonly stranger: Certificate
  /** For another name, signed by the trusted authority. */
  readonly neighbour: Certificate
}

/** Some proxies connect to the gateway by name, and others by address. */
const STS = 'DNS:sts.example.com,DNS:localhost,IP:127.0.0.1'
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export function makeCertificates(folder: string): Certificates {
  const ours = makeAuthority(folder, 'authority')
  const other = makeAuthority(folder, 'other-authority')
  return {
    authority: ours.cert,
    gateway: makeLeaf(folder, 'gateway', STS, ours),
    api: makeLeaf(folder, 'api', 'DNS:api.example.com', ours),
    stranger: makeLeaf(folder, 'stranger', STS, other),
    neighbour: makeLeaf(folder, 'neighbour', 'DNS:neighbour.example.com', ours),
  }
}

function makeAuthority(folder: string, name: string): Certificate {
  const made = place(folder, name)
  const files = ['-keyout', made.key, '-out', made.cert, '-days', '2', '-subj', `/CN=${name}`]
  openssl(['req', '-x509', ...EC, ...files])
  return made
}

function makeLeaf(folder: string, name: string, names: string, by: Certificate): Certificate {
  const made = place(folder, name)
  const request = join(folder, `${name}.csr`)
  const extensions = join(folder, `${name}.ext`)
  writeFileSync(extensions, `subjectAltName=${names}\n`)
  openssl(['req', ...EC, '-keyout', made.key, '-out', request, '-subj', `/CN=${name}`])
  const signer = ['-CA', by.cert, '-CAkey', by.key, '-CAcreateserial', '-days', '2']
  openssl(['x509', '-req', '-in', request, ...signer, '-extfile', extensions, '-out', made.cert])
  return made
}

function place(folder: string, name: string): Certificate {
  return { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' })
}
