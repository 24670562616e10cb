/**
 * The addresses of the docs, and where they are in a test. Everything else in a command is run as
 * it is written.
 */

export type Places = {
  /** URL of the gateway that a page's commands meet. */
  readonly gateway: string
  /** URL of the API behind it. */
  readonly api: string
  /** Where `edgemint dev-issuer --port 7600` would be. */
  readonly devIssuerPort: string
  /** Where `edgemint serve` would be. */
  readonly servePort: string
  /** Where APIs and proxies that a page starts would be, by the port that it gives them. */
  readonly ports: Readonly<Record<'8080' | '8788' | '8789', string>>
  /** Where AWS STS would be. */
  readonly awsSts: string
  /** The folder of the page. */
  readonly folder: string
}

/**
 * | in the docs | in the test |
 * | --- | --- |
 * | `https://sts.example.com` | the gateway |
 * | `127.0.0.1:8787`, `--port 8787` | the same, or the one that the page has started |
 * | `127.0.0.1:7600`, `--port 7600` | the dev issuer, or the one that the page has started |
 * | the ports 8080, 8788 and 8789 | free ports |
 * | `/run/edgemint/` | the folder of the page |
 * | `--region eu-central-1` | the same, with an `--endpoint` for AWS STS |
 * | `--upstream https://api.example.com` | the API; elsewhere the name of a resource, which stays |
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
