"""What Japanese labels count: the head comes last, with its counter and what happened to it."""

from __future__ import annotations

from kpilint.rules.labels.english_count import kind_of as english_kind_of
from kpilint.rules.labels.japanese_wish import bare, has_amount, is_wish
from kpilint.rules.labels.kind import Kind
from kpilint.rules.labels.spelling import endings, pattern

# How much there is of it; taken off before the head is looked at.
_SUMS = endings("合計 累計 実績 目標 推移 月間 月次 週次 日次 年間 通期 上期 下期 今期 平均")
_COUNTERS = endings("総数 件数 回数 本数 社数 人数 枚数 名数 通数 台数 延べ数 数 量 頻度 ペース の")
_MONEY = endings("金額 総額 残高 創出額 獲得額 額 円")
_RATES = endings(
    "率 割合 比 比率 シェア 単価 コスト 費用 費 利益 粗利 スコア 指数 点数 得点 度 日数 期間"
    " リードタイム 速度 スピード 幅 差 順位 値 ランキング cpa cpl cac ltv roi roas cvr ctr nps"
    " csat arr mrr grr nrr % カバレッジ 倍率 精度 質 品質"
)
_DONE = endings("実施 実行 入力 提出 記入 記録 受講 出席 開催 同行 送信 送付")
_TIMED = endings(
    "通話 架電 コール 電話 会話 トーク 商談 訪問 営業活動 顧客対応 接客 研修 学習 勉強 受講"
    " 移動 稼働 作業"
)

_EXPOSURE = endings(
    "pv uu imp ページビュー page view views ビュー 閲覧 閲覧者 表示 露出 インプレッション"
    " フォロワー いいね リツイート リポスト シェア ダウンロード dl インストール 会員 登録者"
    " 登録 読者 購読 購読者 再生 視聴 視聴者 セッション 訪問者 ビジター ユニークユーザー"
    " アクセス アクセス者 流入 リーチ 来場 来場者 来訪者 来店 来店者 通行者 立ち寄り"
    " 立ち寄り者 トラフィック ヒット クリック 開封 検索 掲載 言及 メンション 拡散 友だち 友達"
    " followers follower likes impressions downloads リアクション 認知者 エンゲージメント 来訪"
    " 反応 動員 集客 登録ユーザー 無料ユーザー 訪問ユーザー 閲覧ユーザー ブックマーク 被リンク"
    " コメント 高評価 保存 通過 通過者 rt 配信先 配信リスト ファン インプ ugc ハッシュタグ投稿"
    " ハッシュタグの使用 ハッシュタグ使用 来店客 来場客 訪問客 コミュニティメンバー 入場"
    " 入場者 来館者 観覧者"
    " 掲載媒体 掲載メディア 掲載紙 掲載誌 閲覧ページ 読了 完読 視聴完了 再生完了 検索ボリューム"
    " 取材 転載 無料アカウント youtubeチャンネル"
)
_VOLUME = endings(
    "リード 見込み客 見込客 見込み顧客 見込顧客 潜在顧客 mql sql sal sqo pql mqls sqls leads"
    " lead 商談 案件 アポ アポイント アポイントメント 面談 打ち合わせ 打合せ 問い合わせ 問合せ"
    " 問合わせ 問い合せ 引き合い 引合 引合い 反響 資料請求 申込 申し込み 申込み トライアル"
    " 無料体験 体験 デモ 見積依頼 見積もり依頼 相談 名刺 名刺交換 コンタクト cv コンバージョン"
    " パイプライン pipeline opportunity opportunities 紹介 提案 エントリー 登録リード"
    " ハウスリスト poc 予約 商談機会 トスアップ アプローチ先 提案先 見積 見積もり 見積書"
    " 提案書 フォーム送信 カタログ請求 サンプル請求 サンプル依頼 見学 内見 下見 来社 rfp rfi 入札"
    " コンペ 試用 お試し 無料診断 見込先 見込み先 見込み ヨミ プロスペクト リファラル 紹介先 開拓先"
    " 新規開拓 掘り起こし 提案機会 送客 個別相談"
)
_ACTIVITY = endings(
    "架電 コール テレアポ 電話 受電 通電 発信 着信 接続 応答 通話 会話 トーク メール dm"
    " レター 手紙 ハガキ はがき fax 投稿 訪問 飛び込み 同行 往訪 定例会 定例 会議 委員会"
    " ミーティング mtg 勉強会 研修 ウェビナー webinar セミナー イベント ワークショップ"
    " ロープレ ロールプレイ ロールプレイング 1on1 面接 ヒアリング アプローチ 接触 接点 タッチ"
    " 追客 フォロー フォローアップ 巡回 出展 記事 ブログ 動画 コンテンツ 事例 メルマガ"
    " ニュースレター プレスリリース 日報 週報 議事録 qbr abテスト a/bテスト テスト 改善提案"
    " 営業活動 活動 アクション calls call mail emails クリエイティブ バナー 広告 資料"
    " トークスクリプト リスト マニュアル チラシ ルート会議 声かけ"
)
_RESULTS = endings(
    "受注 成約 契約 売上 収益 入金 契約更新 継続 解約 失注 納品 導入 顧客 既存顧客 ユーザー"
    " クレーム 不具合 障害 離職 退職 採用 応募 応募者 入社 在庫 アップセル クロスセル 利用"
    " 満足 受注案件 失注案件 成約案件 受注商談 失注商談 滞留案件 停滞案件 滞留商談 停滞商談"
    " 完了案件 解約申込 契約申込 解約申請 サポート問い合わせ 障害問い合わせ"
)
_SHARED = endings("ugc ハッシュタグ投稿 ハッシュタグの投稿")
_UPSTREAM = endings(
    "見込み顧客 見込顧客 潜在顧客 登録ユーザー 無料ユーザー 訪問ユーザー 閲覧ユーザー"
    " ユニークユーザー"
)
# What happened to it. To get or to book is not to do; to hold or to send is.
_GOT = endings(
    "獲得 創出 発生 取得 設定 予約 成立 供給 流入 受領 受付 申込 申し込み 申込み 依頼 請求"
    " 登録 パス 引き渡し 引渡し トスアップ 回収 交換 発掘 化 開始 参加 来場 作成 保有 打診"
    " 新規 純増 増加 増 の 者 社 企業 追加 伸び"
)
_DID = endings(
    "実施 開催 送信 配信 送付 発送 発信 投稿 作成 執筆 公開 制作 出展 出稿 提出 入力 更新"
    " 記録 対応 消化 訪問 掲出 登壇 配布 発行 運営 整備 撮影 の"
)
_MET = endings("商談 面談 アポ デモ 打ち合わせ 打合せ トライアル 体験 poc 提案 見積 見積もり")
_SIGNED_UP = (
    r"(?:ウェビナー|セミナー|イベント|展示会|トライアル|体験|デモ|説明会|勉強会|カンファレンス|相談会|見学会)"
    r".{0,6}(?:登録|登録者|参加|参加者|参加社|参加企業|申込|申込者|予約|予約者|来場予約|集客)$"
)
_ONLINE = r"サイト|web|ウェブ|ページ|hp|lp|ブログ|メディア|ショールーム|ブース|オンライン"
_CHOSEN = r"(?:ターゲット|重点|対象|指定|abm)(?:企業|顧客|アカウント|リスト|先|社)"
_HIRING = r"採用|応募|求人|候補者|新卒|中途|面接"
# To wish for more of it: 架電数を増やす, アポの獲得を最大化, 電話をもっとかける.
_MORE = (
    r"^(?P<core>.+?)(?:を|の|が|も)?(?:もっと|さらに|より|どんどん|大幅に?|毎日|たくさん|積極的に)*"
    r"(?:増や|増加|増大|もら|最大化|拡大|加速|伸ば|稼|倍増|アップ|up|量産|積み上げ|積み増し|底上げ|たくさん"
    r"|多く|集め|広げ|取|と[るりっ]|作[るりっろ]|つくる|書[きくい]|生み|創出|かけ|掛け|送|重ね|続け|こな|行う"
    r"|行な|打[つっ]|回[るりすし]|入れ|獲得)[ぁ-んー]*(?:する|まくる|こう|増|強化)?$"
)
_EFFICIENCY = r"(?:受注|成約|契約|商談|アポ|リード)1?[件社]?(?:あたり|当たり)"
_DO = (
    r"(?:を|に)?(?:もっと|どんどん|たくさん|毎[日週月])*"
    r"(?P<do>架電|電話|訪問|発信|投稿|開催|実施|送信|配信|公開|配布|出展|同行)"
    r"(?:する|します|しよう|していく|したい)$"
)
_DOING = r"電話をかけ|架電(?:す|し)|訪問(?:す|し)|投稿(?:す|し)|発信(?:す|し)|会いに行|足を運|顔を出|足で稼"
_SEEN = (
    r"(?:立ち止ま|足を止め|通|通りかか|見|観|読ん|訪れ|閲覧し|視聴し|再生し|訪問し)"
    r"(?:った|た|だ)(?:人|方|客|ユーザー)?$"
)
_COUNTABLE = ("数", "獲得", "創出", "取得")
_BEFORE_AMOUNT = r"^(.*?[^\d月週日年をのがはでに:])(?:を|の|が|は|で|に|:)?(?:月間?|週|日|年間?)?\d"
_BEING_SEEN = r"見てもら|見られ|読んでもら|バズ"
_TAIL = (
    r"(?:を|の|が|に)?(?:伸ばす|高める|上げる|頑張る|がんばる|目指す|狙う|追う|注力する"
    r"|(?:向上|改善|強化|推進|促進|注力|徹底)(?:する|させる)?)$"
)
_SEASON = (
    r"[/／](?:月|週|日|年|人|名|社|営業|件|h|期|担当)+$"
    r"|(?:月|週|日|年)?間?\d[\d,.]*[千万億]*(?:件|社|回|名|人|枚|本|円|通)?(?:以上|達成|必達)?(?:/.+)?$"
)


def kind_of(text: str) -> Kind | None:
    """What a folded label counts, or wishes to have more of; None where it does not tell."""
    label = bare(text)
    before = pattern(_BEFORE_AMOUNT).match(label) if has_amount(label) else None
    kind = _counted(before[1]) if before else None
    if kind is not None:
        return kind
    label = pattern(_DO).sub(r"\g<do>", pattern(_SEASON).sub("", label))
    if pattern(_DOING).search(label):
        return Kind.ACTIVITY
    if pattern(_BEING_SEEN).search(label):
        return Kind.EXPOSURE
    if is_wish(label, defined=False) or pattern(_MORE).match(label):
        return _wished(label)
    return _counted(label) or next(filter(None, map(_counted, _parts(text))), None)


def _wished(label: str) -> Kind | None:
    """What there shall be more of; to want a thing better is not to want more of it."""
    more = pattern(_MORE).match(label)
    if more:
        return _counted(more["core"])
    core = pattern(_TAIL).sub("", label)
    kind = _counted(core) if core != label else None
    return kind if kind is Kind.EXPOSURE or core.endswith(_COUNTABLE) else None


def _parts(text: str) -> list[str]:
    """The pieces of a label that says more than one thing: リード数:展示会."""
    pieces = pattern(r"[:_|]|\s+|(?<=[数量額])[-・]").split(text)
    return [bare(piece) for piece in pieces] if len(pieces) > 1 else []


def _counted(core: str) -> Kind | None:
    """What a noun phrase counts, by its head."""
    core = _without(pattern(r"(?<!提)案件数").sub("案件", core), _SUMS)
    if "広告換算" in core:
        return Kind.EXPOSURE
    if core.endswith(_RATES):
        return _rate(core)
    if core.endswith(_MONEY):
        return _money(core)
    if core.endswith("時間"):
        return _time(core.removesuffix("時間"))
    stem = _without(core, _COUNTERS)
    if stem.isascii():
        return english_kind_of(stem) if stem else None
    kind = _head(stem)
    if kind in (Kind.VOLUME, Kind.ACTIVITY) and pattern(_EFFICIENCY).search(stem):
        return Kind.RESULT
    if kind is Kind.VOLUME and pattern(_HIRING).search(stem):
        return Kind.RESULT
    if kind is Kind.EXPOSURE and pattern(_CHOSEN).search(stem):
        return Kind.RESULT
    return kind


def _head(stem: str) -> Kind | None:
    """The kind of a noun phrase without its counter."""
    online = pattern(_ONLINE).search(stem)
    user = stem.endswith("ユーザー") and "アクティブ" not in stem
    cases: tuple[tuple[object, Kind], ...] = (
        (pattern(_SIGNED_UP).search(stem), Kind.VOLUME),
        (user and online, Kind.EXPOSURE),
        (pattern(_SEEN).search(stem) or stem.endswith(_SHARED), Kind.EXPOSURE),
        (stem.endswith(_RESULTS) and not stem.endswith(_UPSTREAM), Kind.RESULT),
        (stem.endswith("訪問"), Kind.EXPOSURE if online else Kind.ACTIVITY),
    )
    return next((kind for holds, kind in cases if holds), None) or _event(stem)


def _event(stem: str) -> Kind | None:
    """The kind of what was done, of what was got, or of the thing itself."""
    did = _without(stem, _DID)
    if did != stem:
        return Kind.VOLUME if did.endswith(_MET) else Kind.ACTIVITY
    return _thing(stem) or _thing(_without(stem, _GOT))


def _thing(noun: str) -> Kind | None:
    if noun.endswith(_VOLUME) and not noun.endswith(("改善提案", "テレアポ")):
        return Kind.VOLUME
    if noun.endswith(_EXPOSURE):
        return Kind.EXPOSURE
    called = noun.endswith(_ACTIVITY) and not noun.endswith(("リコール", "アルコール"))
    return Kind.ACTIVITY if called else None


def _rate(core: str) -> Kind:
    """A rate is a result, unless it is one of doing what was planned."""
    stem = core.removesuffix("率")
    planned = stem.endswith(_DONE) or pattern(r"(?:訪問|架電|行動|活動|投稿)計画").search(stem)
    return Kind.ACTIVITY if stem != core and planned else Kind.RESULT


def _money(core: str) -> Kind:
    """Money that is not yet won is volume."""
    if pattern(r"(?:受注|成約|契約|失注)(?!見込|前|予定)").search(core):
        return Kind.RESULT
    upstream = pattern(r"パイプライン|pipeline|見込|商談|案件|引合").search(core)
    return Kind.VOLUME if upstream else Kind.RESULT


def _time(stem: str) -> Kind:
    """Time spent is activity; time that passes is a result."""
    if stem.endswith(("再生", "視聴")):
        return Kind.EXPOSURE
    return Kind.ACTIVITY if stem.endswith(_TIMED) else Kind.RESULT


def _without(text: str, endings: tuple[str, ...]) -> str:
    """``text`` without any of the endings, as often as they come, but never empty."""
    while found := next((e for e in endings if text.endswith(e) and text != e), None):
        text = text.removesuffix(found)
    return text
