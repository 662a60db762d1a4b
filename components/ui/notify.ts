/** Ask for leave to tell something by notifications of the browser. @returns whether it was given */
export const mayNotify = async () => 'Notification' in window && (await Notification.requestPermission()) === 'granted';

/** @param tag news of the same replaces the one before */
export function notify(title: string, body: string, tag: string): void {
  try {
    const notification = new Notification(title, { body, tag, icon: '/icon.svg' });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  } catch {
    // browsers of phones leave this to service workers: the title and the page itself say it
  }
}
