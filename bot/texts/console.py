"""Lines of the log in Japanese, by their English in the code; only the console shows them.

The code logs in English, and so does ``bot_logs``, where lines are searched and compared. The placeholders
come in the same order in both. The lines of `UNTRANSLATED` are a contract, in any language.
"""

from bot.texts import Text

SESSION_RESUMED = Text(ja="（セッションを再開）", en=" (session resumed)")

UNTRANSLATED = {
    "✅ Supabase client initialized",
    "✅ %s table exists",
    "🔄 Health monitor started (%ss interval)",
    "❌ Health monitor error: %r",
    "📊 Network stats: TX=%.2fMB, RX=%.2fMB",
    "❌ Failed to send network stats: %s",
}
AS_THEY_ARE = {"   → %s", "❌ %s", "⚠️ %s", "⚠️ %s: %s", "❌ Supabase: %s", "Supabase: %s", "%s in %s: %s"}
"""Without a word of their own."""

JAPANESE = {
    "No network interface counts: NETWORK_INTERFACES is %s, and there are %s": (
        "通信量に数えるネットワークインターフェースがありません。NETWORK_INTERFACES は %s、あるのは %s です"
    ),
    # Start and end
    "✅ Logged in as %s (%s guilds, %s shards)": "✅ %s としてログインしました（サーバー%s個、シャード%s個）",
    "Shutting down": "終了しています",
    "Registered %s slash commands": "スラッシュコマンドを%s個登録しました",
    "Command permissions of guild %s cannot be read: %r": (
        "サーバー%sのコマンド権限を読み込めないため、既定の権限で判断します: %r"
    ),
    "Slash commands could not be registered": "スラッシュコマンドを登録できませんでした",
    "Chat is off: GEMINI_API_KEY is not set": "GEMINI_API_KEY がないため、チャットは使えません",
    "Music is off: LAVALINK_NODES is not set": "LAVALINK_NODES がないため、音楽は使えません",
    "Music is off: LAVALINK_NODES is off": "LAVALINK_NODES が off なので、音楽は使えません",
    "Telemetry is off: SUPABASE_URL is off": "SUPABASE_URL が off なので、記録は保存されません",
    "Telemetry is off: SUPABASE_URL is not set": "SUPABASE_URL がないため、記録は保存されません",
    "%s events of telemetry are kept and will be sent after the next start": (
        "記録が%s件残っています。次の起動後に送ります"
    ),
    "Discord cannot be reached (%s: %s); next try in %.0f s": (
        "Discord に接続できません（%s: %s）。%.0f秒後にもう一度試します"
    ),
    "In no server yet; invite the bot with %s": "まだどのサーバーにもいません。招待のリンク: %s",
    "Can't keep up, shard ID %s websocket is %.1fs behind.": "シャード%sが追いつけず、%.1f秒遅れています",
    "Shard %s: a %s event cannot be read and is dropped (%s: %s)": (
        "シャード%s: %s イベントを読めないため、捨てました（%s: %s）"
    ),
    "%s %s once more after %s: %s": "%s %s をもう一度送ります（%s: %s）",
    "Guild %s: the gateway cannot take a voice state yet: %r": (
        "サーバー %s: ゲートウェイがまだボイスの状態を受け付けません: %r"
    ),
    "Guild %s: the bot could not be taken out of voice": (
        "サーバー %s: ボットをボイスチャンネルから抜けさせられませんでした"
    ),
    "A message in %s cannot be read and is left out: %r": "%s のメッセージ1件を読めないため、除きます: %r",
    # Servers
    "Guild %s: no more plays of user %s are recorded today": (
        "サーバー %s: ユーザー %s の再生は、今日はもう記録しません"
    ),
    "Guild %s: there is no channel for a welcome": "サーバー %s: あいさつを書けるチャンネルがありません",
    "Guild %s: no welcome in channel %s: %s": "サーバー %s: チャンネル %s にあいさつを書けませんでした: %s",
    "CHAT_CHANNEL_IDS: the bot cannot see a channel %s: %s": (
        "CHAT_CHANNEL_IDS: ボットから見えるチャンネル %s はありません: %s"
    ),
    "CHAT_CHANNEL_IDS: channel %s cannot be looked up: %s": (
        "CHAT_CHANNEL_IDS: チャンネル %s を調べられません: %s"
    ),
    "Guild %s: channel %s cannot be looked up: %s": "サーバー %s: チャンネル %s を調べられません: %s",
    "Guild %s: forgotten, %.0f days after the bot was removed": (
        "サーバー %s: ボットが外されて%.0f日たったので、設定を忘れました"
    ),
    "Guild %s cannot be forgotten yet: %s": "サーバー %s の設定をまだ消せません: %s",
    "The panel of /privacy still shows what was before the deletion: %s": (
        "/privacy のパネルに、削除前の内容が残っています: %s"
    ),
    # Errors
    "%s failed": "%s が失敗しました",
    "error %s in %s: %s": "エラー %s（%s）: %s",
    "could not tell the user about an error in %s: %s": "%s のエラーを本人に伝えられませんでした: %s",
    "What the bot remembers cannot be read from %s: %s": "ボットの記憶を %s から読めません: %s",
    "%s cannot be remembered in %s: %s": "%s を %s に保存できません: %s",
    "What was deleted is not yet gone from the disk; it is tried again: %s": (
        "削除した内容がまだディスクに残っています。あとでもう一度消します: %s"
    ),
    "%s was deleted: somebody who may be in it asked to be forgotten": (
        "%s を削除しました（中に名前のあるかもしれない人が、データの削除を求めたため）"
    ),
    "Other users can read what is kept in %s, and that cannot be changed: %s": (
        "%s の中身をほかのユーザーも読める状態ですが、権限を変えられません: %s"
    ),
    "Other users could read what is kept in %s; now they cannot": (
        "%s の中身をほかのユーザーも読める状態だったため、読めないようにしました"
    ),
    "%s was corrupted: kept as %s; rows saved from it: %s": (
        "%s が壊れていたため %s として残しました。取り出せた行: %s"
    ),
    "%s was corrupted, and is replaced by an empty one: %s": "%s が壊れていたため、空のものに替えました: %s",
    # Chat
    "The model broke off an answer: %s": "モデルの回答が途中で切れました: %s",
    "Left out an attachment: %s": "添付ファイルを読めませんでした: %s",
    "Could not show that a question has expired: %s": "確認の時間切れを表示できませんでした: %s",
    "Could not put a button back: %s": "ボタンを元に戻せませんでした: %s",
    "Could not read what was said before in %s: %s": "%s でのこれまでの会話を読めませんでした: %s",
    "Could not read a message that another in %s repeats: %s": (
        "%s のメッセージの引用元を読み込めませんでした: %s"
    ),
    "Could not read how %s begins: %s": "%s の始まりを読めませんでした: %s",
    "Could not show a part of an answer: %s": "回答の一部を表示できませんでした: %s",
    "Could not show the end of an answer, next try in %.0f s: %s": (
        "回答の最後を表示できませんでした。%.0f秒後にもう一度試します: %s"
    ),
    "Could not tell the owner about the Gemini model: %s": (
        "Gemini のモデルのことを所有者に伝えられませんでした: %s"
    ),
    "Could not write to %s directly: %s": "%s にダイレクトメッセージを送れませんでした: %s",
    "Could not mark a message as waiting: %s": "順番待ちの印を付けられませんでした: %s",
    "Could not unmark a message as waiting: %s": "順番待ちの印を外せませんでした: %s",
    "Could not show that an answer is being written: %s": "入力中の表示ができませんでした: %s",
    "Could not remove a response: %s": "返事を消せませんでした: %s",
    "No permission to write in %s": "%s に書き込む権限がありません",
    "Gemini has no model %s (any more); using %s. Please update GEMINI_MODEL.": (
        "Gemini のモデル %s は（もう）ありません。%s を使います。GEMINI_MODEL を直してください。"
    ),
    "Gemini: %s (%s); try %s in %.1f s": "Gemini: %s（%s）。%s回目を%.1f秒後に試します",
    # Music
    "✅ Lavalink node %s connected%s": "✅ Lavalink のノード %s につながりました%s",
    "⚠️ Lavalink node %s lost: %s": "⚠️ Lavalink のノード %s が切れました: %s",
    "❌ Lavalink node %s is out of reach: %s": "❌ Lavalink のノード %s につながりません: %s",
    "❌ Lavalink node %s refuses the password: %s": (
        "❌ Lavalink のノード %s にパスワードを拒まれました: %s"
    ),
    "Lavalink node %s: old players remain: %s": "Lavalink のノード %s に古いプレイヤーが残っています: %s",
    "Lavalink node %s sent a message that is not understood": (
        "Lavalink のノード %s から読み取れないメッセージが届きました"
    ),
    "Guild %s: music goes on, on %s": "サーバー %s: 音楽は %s で続きます",
    "Guild %s: voice server not passed on: %s": "サーバー %s: 音声サーバーを伝えられませんでした: %s",
    "Guild %s: the music does not come back: %s": "サーバー %s: 音楽は戻りません: %s",
    "Guild %s: the music is back after a restart": "サーバー %s: 再起動後、音楽が戻りました",
    "Guild %s: the music is not back yet: %s": "サーバー %s: 音楽がまだ戻りません: %s",
    "What played before cannot be read: %s": "前に流れていた曲を読めません: %s",
    "What plays cannot be saved: %s": "流れている曲を保存できません: %s",
    "Guild %s: Lavalink refused a track: %s": "サーバー %s: Lavalink が曲を拒みました: %s",
    "Guild %s: Lavalink refused a request: %s": "サーバー %s: Lavalink が要求を断りました: %s",
    "Guild %s: Lavalink does not reach Discord's voice server": (
        "サーバー %s: Lavalink が Discord の音声サーバーにつながりません"
    ),
    "Guild %s: voice connection closed with code %s": "サーバー %s: 音声接続がコード %s で閉じました",
    "Guild %s: the voice connection keeps breaking; leaving": (
        "サーバー %s: 音声接続が何度も切れるので退出します"
    ),
    "Guild %s: may not speak on the stage: %s": "サーバー %s: ステージで発言できません: %s",
    "Guild %s: could not join voice again yet": "サーバー %s: ボイスチャンネルにまだ戻れません",
    "Guild %s: the music is stalled at %s ms": "サーバー %s: 音楽が%sミリ秒で止まっています",
    "Guild %s: no mix for %s: %s": "サーバー %s: %s に似た曲が見つかりません: %s",
    "Guild %s: the old controller stays: %s": "サーバー %s: 古いコントローラーが残ります: %s",
    "Guild %s: the controller cannot be shown: %s": "サーバー %s: コントローラーを表示できません: %s",
    "Channel %s: messages cannot be tidied away: %s": "チャンネル %s のメッセージを片付けられません: %s",
    "Channel %s: what was left there cannot be read: %s": "チャンネル %s に残ったメッセージを読めません: %s",
    "Lyrics: %s does not answer: %s": "歌詞のサービス %s から応答がありません: %s",
    "Collections of songs cannot be used in %s: %s": "お気に入りとプレイリストを %s で使えません: %s",
    "Channel %s: cannot write about music: %s": "チャンネル %s に音楽のことを書けません: %s",
    # Telemetry
    "/netstats stays without a chart: %s": "/netstats のグラフはありません: %s",
    "The chart of /netstats was not drawn: exit code %s: %s": (
        "/netstats のグラフを描けませんでした（終了コード %s）: %s"
    ),
    "The chart of /netstats was not drawn: %r": "/netstats のグラフを描けませんでした: %r",
    "Supabase cannot be checked yet: %s": "Supabase をまだ確かめられません: %s",
    "❌ %s cannot be used: %s": "❌ %s を使えません: %s",
    "The database's own check cannot be used: %s": "データベース自身の点検を使えません: %s",
    "❌ %s: telemetry is held back until this is mended: %s": "❌ %s: 直るまで記録を送らずに保管します: %s",
    "%s: telemetry waits on disk and will be sent later: %s": (
        "%s: 記録はディスクで待ち、あとで送られます: %s"
    ),
    "✅ %s: telemetry passes again after %.0f s": "✅ %s: %.0f秒ぶりに、また送れるようになりました",
    "Supabase refuses one row of %s, which is set aside: %s": "%s の1行が拒まれたので、別に保管します: %s",
    "Telemetry could not be sent": "記録を送れませんでした",
    "Maintenance of Supabase is put off: %s": "Supabase の手入れを後に回します: %s",
    "Maintenance of Supabase failed": "Supabase の手入れに失敗しました",
    "Retention: %s expired rows deleted from Supabase": "保存期間を過ぎた%s行を Supabase から消しました",
    "SUPABASE_DB_TRIM: %s old samples deleted from Supabase; its totals stay": (
        "SUPABASE_DB_TRIM: 8日より前の計測値%s件を Supabase から削除しました。合計はそのまま残ります"
    ),
    "Network totals without the database: %r": "データベースなしで通信量を合計しました: %r",
    "Events of telemetry could not be kept": "記録を保管できませんでした",
    "The spool could not be changed": "送信待ちの記録を変更できませんでした",
    "An opt-out waits for the database: %r": "記録の拒否がデータベースを待っています: %r",
    "What is stored about a person cannot be asked now: %r": "保存されている内容をいまは調べられません: %r",
    "An erasure is kept until the schema is run again: %s": (
        "スキーマが実行し直されるまで、削除の依頼を保管します: %s"
    ),
    "An erasure waits for the database: %r": "削除の依頼がデータベースを待っています: %r",
    "The disk takes telemetry again: %s": "ディスクにまた書けるようになりました: %s",
    "Telemetry cannot be written to %s (%s): up to %s MiB of it are kept in memory, which a restart would"
    " lose, until the disk works again": (
        "記録を %s に書けません（%s）。直るまで%s MiBまでメモリーに置きますが、再起動すると失われます"
    ),
    "%s events of telemetry were dropped: the spool is full, or they waited too long": (
        "記録%s件を破棄しました。保管場所がいっぱいか、待ち時間が長すぎました"
    ),
    "⚠️ The database holds %s of %s MB (%.0f %% of SUPABASE_DB_LIMIT_MB)": (
        "⚠️ データベースは %s / %s MB です（SUPABASE_DB_LIMIT_MB の%.0f %%）"
    ),
}
