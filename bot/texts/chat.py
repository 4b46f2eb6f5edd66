"""The texts of chat, and the instructions that the model reads."""

from bot.texts import Text

COMMAND_DESCRIPTION = Text(ja="Geminiと話します", en="Talk with Gemini")
PROMPT_DESCRIPTION = Text(ja="話したいこと、聞きたいこと", en="What you want to say or ask")
PRIVATE_DESCRIPTION = Text(ja="自分だけに見える返事にします", en="Let only me see the answer")

RESET_DESCRIPTION = Text(ja="ここでの会話を忘れます", en="Forget the conversation held here")
RESET_DONE = Text(
    ja="🧹 ここでの会話を忘れました。新しい話をどうぞ。",
    en="🧹 I have forgotten our conversation here. What shall we talk about?",
)

HINT = Text(
    ja="👋 お呼びですか？ 聞きたいことを続けて書いてください。例: `@{name} 今日の晩ごはん、何がいい？`",
    en="👋 You called? Write your question after my name, like `@{name} what should I cook tonight?`",
)
SWITCHED_OFF = Text(
    ja="💤 Geminiのキーが設定されていないため、いまはお話しできません。"
    "ボットの所有者に `GEMINI_API_KEY` の設定をお願いしてください。",
    en="💤 I cannot chat yet because no Gemini key is set."
    " Please ask the bot's owner to set `GEMINI_API_KEY`.",
)
CANNOT_WRITE = Text(
    ja="🔒 {channel} で呼ばれましたが、そこに書き込む権限がありません。"
    "サーバーの管理者に「メッセージを送信」の付与をお願いしてください。",
    en="🔒 You called me in {channel}, but I am not allowed to write there."
    " Please ask a server administrator to grant me Send Messages.",
)
CUT_OFF = Text(
    ja="✂️ 長さの上限に達したため、ここで切れています。「続き」を押すか「続けて」と返信すると続きを書きます。",
    en="✂️ Cut off at the length limit. Press Continue, or reply “continue”, and I will go on.",
)
CONTINUE = Text(ja="続き", en="Continue")
CONTINUE_PROMPT = Text(
    ja="続けて。切れたところから、何も繰り返さずに書いてください。"
    "コードブロックの途中だったら、コードブロックを開き直してから続けてください。",
    en="Go on exactly where you were cut off, repeating nothing."
    " If that was inside a code block, open the block again first.",
)
CONTINUED = Text(ja="続けて", en="continue")
STOP = Text(ja="止める", en="Stop")
STOPPED = Text(ja="⏹ {name} さんが止めました。", en="⏹ Stopped by {name}.")
QUOTE_GONE = Text(
    ja="🗑️ 引用されたメッセージが削除されたため、ここで終わります。",
    en="🗑️ The message that this is about was deleted, so I end here.",
)
NOT_YOURS = Text(
    ja="🔒 止められるのは、質問した人か「メッセージの管理」権限を持つ人だけです。",
    en="🔒 Only the person who asked, or someone with Manage Messages, can stop this.",
)
CONFIRM = Text(
    ja="✋ {asker} さん、これはあなたの希望ですか？"
    " ほかの人の言葉も読んだうえでのことなので、確認してから実行します（期限: {when}）。\n{what}",
    en="✋ {asker}, is this what you want? Words of somebody else were part of this,"
    " so I ask before I do it (open until {when}).\n{what}",
)
CONFIRM_YES = Text(ja="実行する", en="Do it")
CONFIRM_NO = Text(ja="やめる", en="Leave it")
CONFIRMED = Text(ja="✅ 確認しました。\n{what}", en="✅ Confirmed.\n{what}")
CONFIRM_DISMISSED = Text(ja="✖️ 実行しませんでした。\n{what}", en="✖️ Not done.\n{what}")
CONFIRM_EXPIRED = Text(
    ja="⌛ 確認の時間が過ぎたため、実行しませんでした。必要なら、もう一度頼んでください。",
    en="⌛ Nobody confirmed this in time, so I did not do it. Ask me again if you still want it.",
)
CONFIRM_NOT_YOURS = Text(
    ja="🔒 このボタンは、ボットに頼んだ本人だけが押せます。",
    en="🔒 Only the person who asked can press these buttons.",
)
MODEL_REPLACED = Text(
    ja="ℹ️ Geminiのモデル `{replaced}` はもう使えないため、`{model}` で答えています。"
    "`GEMINI_MODEL` を更新してください。",
    en="ℹ️ The Gemini model `{replaced}` is no longer available, so I am answering with `{model}`."
    " Please update `GEMINI_MODEL`.",
)

TOO_MANY_WAIT = Text(
    ja="🐢 答えを待っている質問が多すぎます。少し待ってから、もう一度お試しください。",
    en="🐢 Too many questions are waiting already. Please try again in a little while.",
)
TOO_MANY_QUESTIONS = Text(
    ja="🐢 質問が続いています。{seconds}秒ほど待って、もう一度お試しください。",
    en="🐢 That is a lot of questions. Please wait about {seconds} s and ask again.",
)
USER_BUDGET_SPENT = Text(
    ja="🪙 あなたの今日の利用枠（{limit} トークン）を使い切りました。{when}にまた使えます。",
    en="🪙 You have used all of your {limit} tokens for today. They reset {when}.",
)
GUILD_BUDGET_SPENT = Text(
    ja="🪙 このサーバーの今日の利用枠（{limit} トークン）を使い切りました。{when}にまた使えます。",
    en="🪙 This server has used all of its {limit} tokens for today. They reset {when}.",
)

FILE_UNREADABLE_KIND = Text(
    ja="📎 `{name}` は読めない形式です。画像（PNG・JPEG・WebP・HEIC）、PDF、"
    "音声（MP3・WAV・OGG・FLAC・AAC・AIFF）、テキストやコードを送ってください。",
    en="📎 I cannot read `{name}`. Please send images (PNG, JPEG, WebP, HEIC), PDFs,"
    " audio (MP3, WAV, OGG, FLAC, AAC, AIFF), text or code.",
)
FILE_TOO_LARGE = Text(
    ja="📎 `{name}` は大きすぎます（{size}）。この種類は {limit} までです。",
    en="📎 `{name}` is too large ({size}); the limit for its kind is {limit}.",
)
FILES_TOO_LARGE = Text(
    ja="📎 ファイルが合わせて {limit} を超えています。いくつかに分けて送ってください。",
    en="📎 Together the files are larger than {limit}. Please send fewer at a time.",
)
FILE_EMPTY = Text(ja="📎 `{name}` は空です。", en="📎 `{name}` is empty.")
FILES_BUSY = Text(
    ja="📎 ほかのファイルで手いっぱいです。少し待ってから、もう一度お試しください。",
    en="📎 I am still busy with other files. Please try again in a little while.",
)
FILE_GONE = Text(
    ja="📎 `{name}` を読み込めませんでした。もう一度送ってみてください。",
    en="📎 I could not load `{name}`. Please send it again.",
)

QUOTA = Text(
    ja="⏳ Geminiの利用枠を使い切りました。少し時間をおいて、もう一度お試しください。",
    en="⏳ The Gemini quota is used up. Please try again later.",
)
QUOTA_WITH_WAIT = Text(
    ja="⏳ Geminiの利用枠を使い切りました。{seconds}秒ほど待って、もう一度お試しください。",
    en="⏳ The Gemini quota is used up. Please try again in about {seconds} s.",
)
OVERLOADED = Text(
    ja="🌩️ Geminiがとても混み合っています。少し待ってから、もう一度お試しください。",
    en="🌩️ Gemini is overloaded right now. Please try again shortly.",
)
TIMEOUT = Text(
    ja="⌛ Geminiの返事が時間内に届きませんでした。もう一度お試しください。",
    en="⌛ Gemini did not answer in time. Please try again.",
)
NETWORK = Text(
    ja="📡 Geminiに接続できませんでした。少し待ってから、もう一度お試しください。",
    en="📡 I could not reach Gemini. Please try again shortly.",
)
PROMPT_BLOCKED = Text(
    ja="🚫 この内容には、Geminiの安全フィルターのため答えられません（理由: {reason}）。"
    "言い方を変えてみてください。",
    en="🚫 Gemini's safety filter refused this message (reason: {reason}). Please rephrase it.",
)
ANSWER_BLOCKED = Text(
    ja="🚫 Geminiが回答を途中で止めました（理由: {reason}）。",
    en="🚫 Gemini stopped this answer midway (reason: {reason}).",
)
ANSWER_BROKEN = Text(
    ja="🧵 Geminiが回答の組み立てに失敗しました（理由: {reason}）。もう一度お試しください。",
    en="🧵 Gemini failed to put this answer together (reason: {reason}). Please try again.",
)
UNKNOWN_ENDING = Text(
    ja="❔ Geminiが、私の知らない理由で回答を終えました（理由: {reason}）。",
    en="❔ Gemini ended this answer for a reason unknown to me (reason: {reason}).",
)
EMPTY = Text(
    ja="🤔 Geminiから空の返事が届きました。言い方を変えて、もう一度お試しください。",
    en="🤔 Gemini's answer was empty. Please rephrase your message and try again.",
)
BAD_KEY = Text(
    ja="🔑 Geminiのキーが正しくありません。ボットの所有者に `GEMINI_API_KEY` の確認をお願いしてください。",
    en="🔑 Gemini does not accept the key. Please ask the bot's owner to check `GEMINI_API_KEY`.",
)
OLD_KEY = Text(
    ja="🔑 このGeminiのキー（`AIza…`）は古い形式のため、Googleに受け付けられなくなりました。"
    "ボットの所有者に、新しいキー（`AQ.…`）の作成をお願いしてください。",
    en="🔑 Google no longer accepts this Gemini key, which is of the old form (`AIza…`)."
    " Please ask the bot's owner to make a new one (`AQ.…`).",
)
REVOKED_KEY = Text(
    ja="🔑 Geminiのキーは形式どおりですが、受け付けられませんでした（削除されたか、"
    "一部しかコピーされていません）。"
    "ボットの所有者に `GEMINI_API_KEY` の確認をお願いしてください。",
    en="🔑 Gemini refuses a key that has the right form: it was deleted, or only part of it was copied."
    " Please ask the bot's owner to check `GEMINI_API_KEY`.",
)
EXPIRED_KEY = Text(
    ja="🔑 Geminiのキーの有効期限が切れました。ボットの所有者に、新しいキーの作成をお願いしてください。",
    en="🔑 The Gemini key has expired. Please ask the bot's owner to make a new one.",
)
LEAKED_KEY = Text(
    ja="🔑 このGeminiのキーは公開の場で見つかったため、Googleに止められました。"
    "ボットの所有者に、新しいキーの作成をお願いしてください。",
    en="🔑 Google has stopped this Gemini key because it was seen in public."
    " Please ask the bot's owner to make a new one.",
)
RESTRICTED_KEY = Text(
    ja="🔒 このキーに設定された制限のため、Geminiを利用できません。"
    "ボットの所有者に、キーの制限の確認をお願いしてください。",
    en="🔒 The restrictions of this key do not let it use Gemini."
    " Please ask the bot's owner to look at the key's restrictions.",
)
API_DISABLED = Text(
    ja="🔒 このキーのプロジェクトでは、Gemini APIが有効になっていません。"
    "ボットの所有者に確認をお願いしてください。",
    en="🔒 The Gemini API is not switched on in this key's project."
    " Please ask the bot's owner to look into it.",
)
SUSPENDED = Text(
    ja="🔒 このキーのGoogleのプロジェクトは、Googleに停止されています。"
    "ボットの所有者に確認をお願いしてください。",
    en="🔒 Google has suspended the project that this Gemini key belongs to."
    " Please ask the bot's owner to look into it.",
)
REFUSED = Text(
    ja="🔒 このキーではGeminiを利用できません（権限・地域・請求の設定）。"
    "ボットの所有者に確認をお願いしてください。",
    en="🔒 This key may not use Gemini (permission, region or billing)."
    " Please ask the bot's owner to look into it.",
)
MODEL_NOT_FOUND = Text(
    ja="🔍 Geminiのモデル `{model}` が見つかりません。"
    "ボットの所有者に `GEMINI_MODEL` の確認をお願いしてください。",
    en="🔍 There is no Gemini model `{model}`. Please ask the bot's owner to check `GEMINI_MODEL`.",
)
INVALID_REQUEST = Text(
    ja="🧩 Geminiがこの内容を受け付けませんでした。短くするか、別の書き方でお試しください。",
    en="🧩 Gemini did not accept this message. Please make it shorter or write it differently.",
)
FAILED = Text(
    ja="⚠️ Geminiで問題が起きました。もう一度お試しください。",
    en="⚠️ Gemini ran into a problem. Please try again.",
)

SYSTEM_INSTRUCTION = Text(
    ja="あなたはDiscordのボット「{name}」です。親しみやすく、正確に、相手の言語で、必要な長さで答えます。"
    "いまは{now}です。書式はDiscordのMarkdownだけを使い、表・LaTeX・HTMLは使いません。"
    "コードは言語名を付けたコードブロックに入れます。分からないことは分からないと言います。",
    en="You are “{name}”, a Discord bot. Be friendly and accurate; answer in the user's language,"
    " no longer than needed. It is {now}. Format with Discord's Markdown only: no tables, LaTeX or HTML."
    " Put code in fenced blocks with the language's name. When you do not know, say so.",
)
PERSONA = Text(
    ja="サーバーの管理者が決めたあなたのキャラ設定:\n{persona}",
    en="Your character, as the server's administrators chose it:\n{persona}",
)
TOOLS = Text(
    ja="音楽や通信量について頼まれたら、用意された関数を使います。結果はもう相手に見えているので、"
    "繰り返さず、必要なことだけを一言で添えます。",
    en="For requests about music or network traffic, call the functions you are given. People already see"
    " the result, so do not repeat it; add a short word only where something is missing.",
)
SHARED_CHANNEL = Text(
    ja="複数の人が話す場所です。それぞれの発言は「名前: 」で始まります。あなたの返事には名前を付けません。",
    en="Several people talk here. Each message of theirs begins with the speaker's name and a colon;"
    " never begin your own with a name.",
)
