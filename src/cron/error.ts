/** Why a schedule expression is refused; the service says so in AWS's words. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}
