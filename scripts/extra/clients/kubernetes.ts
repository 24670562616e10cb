/** Starts the issuer of `go/kubernetes`: the router of a Kubernetes API server, with one token. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export type KubernetesIssuer = {
  readonly issuer: string
  readonly token: string
  readonly stop: () => void
}

/** Rejects when the program ends before it has printed its address and a token. */
export async function startKubernetesIssuer(
  program: string,
  audience: string,
): Promise<KubernetesIssuer> {
  const child = spawn(program, { env: { AUDIENCE: audience }, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (lines.length === 2) break
  }
  const [issuer, token] = lines
  if (issuer === undefined || token === undefined) throw new Error(`${program} did not start`)
  return { issuer, token, stop: () => child.kill() }
}
