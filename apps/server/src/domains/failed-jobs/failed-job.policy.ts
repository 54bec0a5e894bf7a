import { NotPermitted } from '../../kernel/domain-error.ts';
import { may, type Viewer } from '../../kernel/viewer.ts';

export function requireFailedJobs(viewer: Viewer): void {
  if (!may(viewer, 'settings.save')) {
    throw new NotPermitted('Failed jobs need the permission "settings.save". Ask an administrator.');
  }
}
