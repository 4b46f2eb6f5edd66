// @ts-check
// What visitors read, Japanese and English.

import { preferences } from "./preferences.js";

/** @satisfies {Record<string, { ja: string, en: string }>} */
const TEXTS = {
  title: { ja: "お隣さん", en: "Otonari" },
  subtitle: { ja: "Otonari sandbox", en: "Otonari sandbox" },
  standIn: { ja: "お試し用", en: "Sandbox" },
  standInGemini: { ja: "お試し用：Geminiは代役", en: "Sandbox: Gemini is a stand-in" },
  standInSongs: { ja: "お試し用：曲は代わりの音楽", en: "Sandbox: made-up songs" },
  standInGeminiSongs: {
    ja: "お試し用：Geminiは代役、曲は代わりの音楽",
    en: "Sandbox: Gemini is a stand-in, songs are made up",
  },
  standInGeminiText: {
    ja: "Geminiの代役は、決まった受け答えをします。bot/.env に GEMINI_API_KEY を書いて始め直すと、本物のGeminiが答えます。",
    en: "Gemini's stand-in gives prepared answers. Put GEMINI_API_KEY into bot/.env and start again for the real one.",
  },
  standInSongsText: {
    ja: "本物の曲の代わりに、曲名から作られた音楽が流れます。LAVALINK_NODES を設定すると、本物の曲が流れます。",
    en: "Instead of the real songs you hear music made from their titles. Set LAVALINK_NODES for the real ones.",
  },
  textChannels: { ja: "テキスト", en: "Text" },
  voiceChannels: { ja: "ボイス", en: "Voice" },
  directMessages: { ja: "ダイレクトメッセージ", en: "Direct messages" },
  channels: { ja: "チャンネル一覧", en: "Channels" },
  openChannels: { ja: "チャンネル一覧を開く", en: "Open channels" },
  closeChannels: { ja: "チャンネル一覧を閉じる", en: "Close channels" },
  unread: { ja: "未読あり", en: "unread" },
  online: { ja: "オンライン", en: "online" },
  offline: { ja: "オフライン", en: "offline" },
  botOffline: {
    ja: "{bot} はオフラインです。メッセージは残りますが、いまは返事がありません。",
    en: "{bot} is offline. Messages are kept, but nobody answers now.",
  },
  actAs: { ja: "あなたは", en: "You are" },
  manager: { ja: "{user}（サーバー管理者）", en: "{user} (manages the server)" },
  managerTag: { ja: "サーバー管理者", en: "server manager" },
  memberTag: { ja: "メンバー", en: "member" },
  actAsHint: { ja: "だれとして話すか", en: "Who you speak as" },
  switchTheme: { ja: "明るい・暗いを切り替え", en: "Switch light and dark" },
  switchLanguage: { ja: "Switch to English", en: "日本語に切り替え" },
  otherLanguage: { ja: "English", en: "日本語" },
  joinVoice: { ja: "{channel} に参加", en: "Join {channel}" },
  leaveVoice: { ja: "{channel} から退出", en: "Leave {channel}" },
  leave: { ja: "退出", en: "Leave" },
  mute: { ja: "ミュート", en: "Mute" },
  unmute: { ja: "ミュート解除", en: "Unmute" },
  muted: { ja: "ミュート中", en: "muted" },
  sound: { ja: "音", en: "Sound" },
  soundHear: { ja: "音を聞く", en: "Hear it" },
  soundOff: { ja: "音を消す", en: "Turn the sound off" },
  soundOn: { ja: "音を出す", en: "Turn the sound on" },
  soundVolume: { ja: "音量", en: "Volume" },
  soundLevel: { ja: "音の大きさ", en: "Level" },
  soundLocked: {
    ja: "押すと、このページから音が出ます。",
    en: "Browsers keep a page silent until then.",
  },
  soundConnecting: { ja: "音につないでいます…", en: "Connecting to the sound…" },
  soundQuiet: { ja: "いまは何も流れていません。", en: "Nothing is being sent right now." },
  soundMissing: {
    ja: "曲は再生中ですが、音が届いていません。",
    en: "The song is playing, but no sound arrives.",
  },
  soundDeaf: { ja: "スピーカーミュート中です。", en: "You are deafened." },
  soundUnserved: { ja: "音声サーバーがないので、音は聞けません。", en: "There is no voice server to listen to." },
  soundUnsupported: {
    ja: "このブラウザーには音を再生する機能（WebCodecs）がありません。新しいChrome・Edge・Firefox・Safariなら聞けます。",
    en: "This browser lacks what it takes (WebCodecs). A newer Chrome, Edge, Firefox or Safari can play it.",
  },
  nowPlaying: { ja: "再生中", en: "Now playing" },
  paused: { ja: "一時停止中", en: "Paused" },
  live: { ja: "ライブ", en: "Live" },
  nobodyHere: { ja: "クリックで参加", en: "Click to join" },
  connectionLost: { ja: "接続が切れました。つなぎ直しています…", en: "Connection lost. Reconnecting…" },
  loadFailed: {
    ja: "サンドボックスに届きません。つなぎ直しています…",
    en: "The sandbox cannot be reached. Trying again…",
  },
  welcomeTitle: { ja: "ようこそ、{channel} へ", en: "Welcome to {channel}" },
  welcomeText: {
    ja: "アカウントはいりません。押すだけで試せます。{bot} に好きな言葉で話しかけることもできます。",
    en: "No account needed. Press one to try it, or say to {bot} whatever you like.",
  },
  exampleChat: { ja: "話しかける", en: "Say hello" },
  exampleChatText: { ja: "呼びかけると返事をします", en: "It answers when mentioned" },
  exampleChatWords: { ja: "こんにちは", en: "hello" },
  examplePlay: { ja: "音楽をかける", en: "Play music" },
  examplePlayText: { ja: "{channel} に入って再生します", en: "Joins {channel} with you and plays" },
  exampleAsk: { ja: "言葉で頼む", en: "Ask in plain words" },
  exampleAskWords: { ja: "Lemon流して", en: "play Lemon" },
  exampleAskText: { ja: "コマンドを覚えなくても動きます", en: "No command to remember" },
  exampleLong: { ja: "長い返事をもらう", en: "Get a long answer" },
  exampleLongWords: { ja: "長い文章を書いて", en: "write something long" },
  exampleLongText: {
    ja: "書けたところから表示し、途中で止められます",
    en: "Shown as it is written; stop it when you like",
  },
  examplePrivacy: { ja: "自分の記録を見る", en: "See what is stored of you" },
  examplePrivacyText: { ja: "書き出しや削除もできます", en: "And export or delete it" },
  exampleStats: { ja: "通信量を見る", en: "See the traffic" },
  exampleStatsText: { ja: "10秒ごとに記録されています", en: "Recorded every ten seconds" },
  loadingOlder: { ja: "読み込み中…", en: "Loading…" },
  messages: { ja: "{channel} のメッセージ", en: "Messages in {channel}" },
  jumpToPresent: { ja: "最新へ", en: "Jump to latest" },
  newMessages: { ja: "新しいメッセージ", en: "New messages" },
  edited: { ja: "(編集済み)", en: "(edited)" },
  bot: { ja: "BOT", en: "BOT" },
  image: { ja: "画像", en: "Image" },
  used: { ja: "{user} が {command} を使用", en: "{user} used {command}" },
  replyGone: { ja: "元のメッセージは削除されました", en: "The original message was deleted" },
  attachmentOnly: { ja: "添付ファイル・埋め込み", en: "Attachment or embed" },
  onlyYou: { ja: "あなただけに表示されています", en: "Only you can see this" },
  dismiss: { ja: "非表示にする", en: "Dismiss" },
  thinking: { ja: "考え中", en: "thinking" },
  sending: { ja: "送信中", en: "sending" },
  didNotRespond: { ja: "{bot} から応答がありませんでした", en: "{bot} did not respond" },
  copy: { ja: "コピー", en: "Copy" },
  copied: { ja: "コピーしました", en: "Copied" },
  spoiler: { ja: "ネタバレを表示", en: "Reveal spoiler" },
  unknownUser: { ja: "不明なユーザー", en: "unknown user" },
  unknownRole: { ja: "不明なロール", en: "unknown role" },
  unknownChannel: { ja: "不明なチャンネル", en: "unknown channel" },
  reply: { ja: "返信", en: "Reply" },
  react: { ja: "リアクション", en: "React" },
  edit: { ja: "編集", en: "Edit" },
  delete: { ja: "削除", en: "Delete" },
  replyingTo: { ja: "{user} に返信", en: "Replying to {user}" },
  editing: { ja: "メッセージを編集中", en: "Editing a message" },
  cancel: { ja: "キャンセル", en: "Cancel" },
  composer: { ja: "{channel} へメッセージを送信", en: "Message {channel}" },
  composerHint: { ja: "@ でメンション　/ でコマンド", en: "@ to mention, / for commands" },
  send: { ja: "送信", en: "Send" },
  attach: { ja: "ファイルを添付", en: "Attach files" },
  remove: { ja: "{name} を外す", en: "Remove {name}" },
  tooLong: { ja: "あと {count} 文字減らしてください", en: "{count} characters too long" },
  typingOne: { ja: "{user} が入力中…", en: "{user} is typing…" },
  typingMany: { ja: "{users} が入力中…", en: "{users} are typing…" },
  commands: { ja: "コマンド", en: "Commands" },
  people: { ja: "メンバー", en: "People" },
  suggestions: { ja: "候補", en: "Suggestions" },
  noCommands: { ja: "コマンドがまだ登録されていません", en: "No commands are registered yet" },
  noMatch: { ja: "該当するものがありません", en: "Nothing matches" },
  required: { ja: "必須", en: "required" },
  optional: { ja: "任意", en: "optional" },
  addOption: { ja: "{name} を追加", en: "Add {name}" },
  fieldMissing: { ja: "{name} を入力してください", en: "{name} is required" },
  fieldWrong: { ja: "{name} の値を確かめてください", en: "Check the value of {name}" },
  pickerKeys: { ja: "↑↓ 選択　Enter 決定　Esc 閉じる", en: "↑↓ choose   Enter pick   Esc close" },
  yes: { ja: "はい", en: "Yes" },
  no: { ja: "いいえ", en: "No" },
  choose: { ja: "選択してください", en: "Choose" },
  done: { ja: "決定", en: "Done" },
  submit: { ja: "送信", en: "Submit" },
  requestFailed: { ja: "うまくいきませんでした: {reason}", en: "That did not work: {reason}" },
  type3: { ja: "文字", en: "text" },
  type4: { ja: "整数", en: "whole number" },
  type5: { ja: "はい・いいえ", en: "yes or no" },
  type6: { ja: "ユーザー", en: "user" },
  type7: { ja: "チャンネル", en: "channel" },
  type8: { ja: "ロール", en: "role" },
  type9: { ja: "メンション", en: "mention" },
  type10: { ja: "数値", en: "number" },
  type11: { ja: "ファイル", en: "file" },
};

/** @typedef {keyof typeof TEXTS} TextKey */

/**
 * Return a text in the visitor's language with `{names}` filled in.
 *
 * @param {TextKey} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return TEXTS[key][preferences.language].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** @param {Date} date */
export function clock(date) {
  return new Intl.DateTimeFormat(preferences.locale, { hour: "2-digit", minute: "2-digit" }).format(date);
}

/** @param {Date} date */
export function fullDate(date) {
  return new Intl.DateTimeFormat(preferences.locale, { dateStyle: "full", timeStyle: "short" }).format(date);
}

/** @param {Date} date */
export function shortDate(date) {
  return new Intl.DateTimeFormat(preferences.locale, { dateStyle: "medium", timeStyle: "short" }).format(date);
}

/** @param {Date} date */
export function day(date) {
  return new Intl.DateTimeFormat(preferences.locale, { dateStyle: "long" }).format(date);
}

/**
 * Return a length of time as m:ss or h:mm:ss.
 *
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  if (hours) parts.unshift(hours);
  return parts.map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

/** @param {number} bytes */
export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
