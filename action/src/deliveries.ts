/**
 * What each form of output is made of: files, variables of the job, outputs of the step, and what
 * else must be masked. Nothing is written here.
 */
import { join, resolve } from 'node:path'
import type { Delivered, Delivery } from './delivery.ts'
import { renderDocker } from './forms/docker.ts'
import { renderGitCredential } from './forms/git-credential.ts'
import { renderNetrc } from './forms/netrc.ts'
import { renderNpmrc } from './forms/npmrc.ts'
import type { DeliveryOrder } from './inputs.ts'

export function renderDelivery(order: DeliveryOrder, delivered: Delivered): Delivery {
  const { token, directory } = delivered
  switch (order.form) {
    case 'output':
      return { isStepOutput: true }
    case 'env':
      return { variables: { [order.name]: token } }
    case 'file':
      return { files: [{ path: resolve(order.path ?? join(directory, 'token')), content: token }] }
    case 'netrc':
      return renderNetrc(order, delivered)
    case 'npmrc':
      return renderNpmrc(order, delivered)
    case 'docker':
      return renderDocker(order, delivered)
    case 'git-credential':
      return renderGitCredential(order, delivered)
  }
}
