/**
 * The program that the long run starts under `edgemint exec`. Reads the token from its file before
 * each request to the API. On SIGTERM it ends and prints one JSON line of counts.
 */
import { readFileSync } from 'node:fs'

const { API_URL = '', EDGEMINT_TOKEN_FILE: file = '' } = process.env
const counts = { requests: 0, failures: 0 }
let isRunning = true
process.once('SIGTERM', () => {
  isRunning = false
})

process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
while (isRunning) {
  const token = readFileSync(file, 'utf8')
  counts.requests += 1
  try {
    const response = await fetch(API_URL, { headers: { authorization: `Bearer ${token}` } })
    await response.arrayBuffer()
    if (response.status !== 200) counts.failures += 1
  } catch {
    counts.failures += 1
  }
  await new Promise((resolve) => setTimeout(resolve, 20))
}
process.stdout.write(`${JSON.stringify(counts)}\n`)
