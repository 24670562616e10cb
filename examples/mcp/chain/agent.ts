/**
 * An agent that acts for a user. The user's token and its own give one token for the tool that names
 * both. It keeps that token in a file, so that each run uses the same one until it is revoked.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { exchange } from 'edgemint'

const issuer = process.env.ISSUER ?? 'https://sts.example.com'
const tool = process.env.TOOL ?? 'https://tool.example.com/'
const [userFile = 'user.jwt', podFile = 'agent-pod.jwt', tokenFile = 'agent.jwt'] =
  process.argv.slice(2)

async function read(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim()
}

async function getToken(): Promise<string> {
  const kept = await read(tokenFile).catch(() => undefined)
  if (kept !== undefined) return kept
  const { accessToken } = await exchange({
    url: issuer,
    resource: tool,
    subjectToken: await read(userFile),
    actorToken: await read(podFile),
  })
  await writeFile(tokenFile, accessToken, { mode: 0o600 })
  return accessToken
}

const answer = await fetch(tool, { headers: { authorization: `Bearer ${await getToken()}` } })
process.stdout.write(`${answer.status} ${JSON.stringify(await answer.json())}\n`)
if (!answer.ok) process.exitCode = 1
