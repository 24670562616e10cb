/**
 * Prepares each form of output: files, variables of the job, outputs of the step, and values to mask.
 * It writes nothing.
 */
import { join, resolve } from 'node:path'
import type { Deliver, Surroundings } from './delivery.ts'
import { prepareDocker } from './forms/docker.ts'
import { prepareGitCredential } from './forms/git-credential.ts'
import { prepareNetrc } from './forms/netrc.ts'
import { prepareNpmrc } from './forms/npmrc.ts'
import type { DeliveryOrder } from './inputs.ts'

export function prepareDelivery(order: DeliveryOrder, surroundings: Surroundings): Deliver {
  switch (order.form) {
    case 'output':
      return () => ({ isStepOutput: true })
    case 'env':
      return (token) => ({ variables: { [order.name]: token } })
    case 'file': {
      const path = resolve(order.path ?? join(surroundings.directory, 'token'))
      return (token) => ({ files: [{ path, content: token }] })
    }
    case 'netrc':
      return prepareNetrc(order, surroundings)
    case 'npmrc':
      return prepareNpmrc(order, surroundings)
    case 'docker':
      return prepareDocker(order, surroundings)
    case 'git-credential':
      return prepareGitCredential(order, surroundings)
  }
}
