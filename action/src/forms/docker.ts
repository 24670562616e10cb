/**
 * A configuration directory for Docker with the login of one registry. Docker reads only one
 * directory, so this one copies the current settings. It leaves out the credential store, because
 * Docker would read logins only from the store.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseObject } from '../../../src/client/in-house.ts'
import type { Deliver, Surroundings } from '../delivery.ts'
import type { Environment } from '../inputs.ts'
import type { Place } from '../place.ts'
import { readConfiguration } from '../read-configuration.ts'
import { StepFailure } from '../step-failure.ts'

export type DockerOrder = { readonly place: Place; readonly username: string }

export function prepareDocker(order: DockerOrder, surroundings: Surroundings): Deliver {
  const { directory, environment } = surroundings
  const { host } = order.place
  const before = readSettings(environment.DOCKER_CONFIG || join(homedir(), '.docker'), environment)
  const { credsStore: _, auths, credHelpers, ...kept } = before
  const folder = join(directory, 'docker')
  return (token) => {
    const auth = Buffer.from(`${order.username}:${token}`).toString('base64')
    const settings = {
      ...kept,
      auths: { ...asObject(auths), [host]: { auth } },
      // Docker would use a helper for this registry instead of the login.
      credHelpers: without(asObject(credHelpers), host),
    }
    const content = `${JSON.stringify(settings, null, 2)}\n`
    return {
      files: [{ path: join(folder, 'config.json'), content }],
      variables: { DOCKER_CONFIG: folder },
      masks: [auth],
    }
  }
}

type Settings = Readonly<Record<string, unknown>>

function readSettings(folder: string, environment: Environment): Settings {
  const path = join(folder, 'config.json')
  const text = readConfiguration(path, environment)
  if (text === undefined) return {}
  const settings = parseObject(text)
  if (settings === undefined) throw new StepFailure(`${path} is not a JSON object`)
  return settings
}

function asObject(value: unknown): Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {}
}

function without(settings: Settings, name: string): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name))
}
