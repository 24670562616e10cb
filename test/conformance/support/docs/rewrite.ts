/**
 * Replaces the addresses of the docs by those of a test. The rest of a command is run unchanged.
 */

export type Places = {
  /** URL of the gateway that the commands of a page call. */
  readonly gateway: string
  /** URL of the API behind it. */
  readonly api: string
  /** The port in place of `edgemint dev-issuer --port 7600`. */
  readonly devIssuerPort: string
  /** The port in place of that of `edgemint serve`. */
  readonly servePort: string
  /** Ports in place of those that a page gives to its APIs and proxies. */
  readonly ports: Readonly<Record<'8080' | '8788' | '8789', string>>
  /** URL in place of AWS STS. */
  readonly awsSts: string
  /** The folder of the page. */
  readonly folder: string
}

/**
 * | in the docs | in the test |
 * | --- | --- |
 * | `https://sts.example.com` | the gateway |
 * | `127.0.0.1:8787`, `--port 8787` | the same gateway, or the one that the page started |
 * | `127.0.0.1:7600`, `--port 7600` | the dev issuer, or the one that the page started |
 * | the ports 8080, 8788 and 8789 | free ports |
 * | `/run/edgemint/` | the folder of the page |
 * | `--region eu-central-1` | the same, with an `--endpoint` for AWS STS |
 * | `--upstream https://api.example.com` | the API. Elsewhere it is a resource URI and is kept |
 */
export function rewrite(text: string, places: Places): string {
  return text
    .replaceAll('https://sts.example.com', places.gateway)
    .replaceAll('/run/edgemint/', `${places.folder}/`)
    .replaceAll(/\b8787\b/g, places.servePort)
    .replaceAll(/\b7600\b/g, places.devIssuerPort)
    .replaceAll(/\b(8080|8788|8789)\b/g, (port) => places.ports[port as '8080'])
    .replaceAll('--region eu-central-1', `$& --endpoint ${places.awsSts}`)
    .replaceAll(/(--upstream[ =])https:\/\/api\.example\.com/g, `$1${places.api}`)
}
