const REGION = '([a-z]{2}(?:-[a-z]+)+-\\d)';
const FORMS = new RegExp(`^(?:[a-z\\d]+\\.${REGION}|${REGION}\\.queue)\\.`);

/** The region of a host such as `sqs.eu-west-1.amazonaws.com` or `eu-west-1.queue.localhost`. */
export function regionInHost(host: string): string | undefined {
  const [, afterService, beforeQueue] = FORMS.exec(host) ?? [];
  return afterService ?? beforeQueue;
}
