// The lines that the server writes above the service worker (console/pages/webapp.py `worker`).

/** Changes with any file that a browser loads. */
declare const VERSION: string;
/** The addresses that the worker keeps, the shell first. */
declare const FILES: string[];

/** Browsers know more of a notification than the standard's types do. */
interface NotificationOptions { renotify?: boolean; vibrate?: number[]; timestamp?: number }
