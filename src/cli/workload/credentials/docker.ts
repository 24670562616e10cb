/**
 * The protocol of docker's credential helpers: an address on stdin, JSON on stdout. A failure is a
 * line on stdout and exit code 1. After the line `NOT_FOUND`, docker continues without credentials.
 */
import { parseHost } from './address.ts'

export const NOT_FOUND = 'credentials not found in native keychain'

/**
 * Parses `registry.example.com`, or a URL such as `https://index.docker.io/v1/`. The default scheme
 * is https, because docker uses http only for registries that are configured as insecure.
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
