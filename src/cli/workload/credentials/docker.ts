/**
 * The protocol of docker's credential helpers: an address on stdin, JSON out. Everything that goes
 * wrong is a line on stdout and exit code 1; one sentence is known to docker and means "go on
 * without credentials".
 */
import { parseHost } from './address.ts'

export const NOT_FOUND = 'credentials not found in native keychain'

/**
 * `registry.example.com`, or a URL such as `https://index.docker.io/v1/`. Without a scheme it is
 * taken for https: docker speaks http only to registries that it was told are insecure.
 */
export function parseServer(text: string): URL | undefined {
  const [, scheme = 'https', host = ''] = /^(?:(https?):\/\/)?([^/]*)(?:\/.*)?$/.exec(text) ?? []
  return parseHost(scheme, host)
}

export function renderDockerAnswer(server: string, username: string, secret: string): string {
  return JSON.stringify({ ServerURL: server, Username: username, Secret: secret })
}

export function renderDockerList(hosts: ReadonlySet<string>, username: string): string {
  return JSON.stringify(Object.fromEntries([...hosts].map((host) => [host, username])))
}
