"""Japanese wishes: a label that ends as a verb, a slogan, a betterment or a project."""

from __future__ import annotations

from kpilint.rules.labels.spelling import endings, pattern

# A measure is a noun. A label that ends as a verb (plain or volitional form, 〜たい), in a particle
# or in a slogan is a wish.
_VERB = endings("う く ぐ す つ ぬ ぶ む る たい ない ません ぞ ほしい 欲しい こと へ")
_OPEN = endings("て に を")  # a te-form or a particle, after an object
_SLOGAN = endings(
    "第一 主義 ファースト 志向 思考 精神 魂 本位 起点 目線 視点 宣言 元年 の年 一丸 一体 一番"
    " no.1 no1 ナンバーワン ワンチーム の年に 凡事徹底 全力投球 有言実行 最優先 必達 死守 厳守"
    " 全員営業 総力戦 first ゼロ 全力 共に ともに 日本一 世界一 業界一 ナンバー1 1位 オンリーワン 笑顔 感謝 誠実"
    " 感動 一流 シナジー ペーパーレス"
)
# する-nouns of change for the better, of effort and of projects, and verbs turned into nouns.
_BETTERMENT = endings(
    "向上 改善 強化 推進 促進 拡大 拡充 充実 加速 最大 最小 最適 最高 浸透 醸成 定着 育成"
    " 深耕 開拓 達成 実現 構築 確立 確保 改革 変革 革新 刷新 創造 挑戦 追求 追究 貢献 成長"
    " 飛躍 躍進 進化 転換 両立 脱却 払拭 撲滅 根絶 廃止 排除 回避 是正 解決 克服 維持 安定"
    " 回復 再生 再建 復活 拡張 展開 普及 啓蒙 啓発 拡販 増強 補強 養成 教育 習得 伸長 伸張"
    " 共有 連携 協力 協働 協業 団結 融合 意識 重視 優先 尊重 徹底 注力 専念 集中 傾注 尽力"
    " 努力 邁進 奮闘 実践 遵守 順守 活用 有効利用 支援 対策 攻略 参入 進出 シフト チェンジ"
    " 底固め 足固め 巻き返し 見直し 立て直し 掘り起こし 上げ 下げ 積み増し 作り込み 巻き込み"
    " 囲い込み 取り込み 取り組み 取組み 取組 働きかけ 心がけ 気配り 寄り添い づくり 作り 創り"
    " アップ up うp ダウン 化 イノベーション トランスフォーメーション ブランディング マネジメント"
    " エンパワーメント イネーブルメント dx 成功 経営 カット ナーチャリング ビルディング リスキリング チャレンジ"
    " コミット"
)
_PROJECT = endings(
    "導入 移行 整備 リニューアル 策定 設計 検討 統一 統合 設置 開設 発足 リリース ローンチ"
    " 実装 切替 切り替え 本格稼働 運用開始 利用開始 改定 改訂 制定 開発 再編 再構築"
    " プロジェクト pj 施策 活動 運動 作戦 戦略 強化月間 キャンペーン"
)
_CHANGE = endings(
    "増加 増大 減少 削減 低減 軽減 短縮 抑制 抑止 解消 防止 縮小 圧縮 節減 増収 増益 増 減"
)
# Not changes but events, things, and differences that are counted.
_EVENTS = endings(
    "商談化 案件化 顧客化 受注化 契約化 リード化 sql化 mql化 有料化 フォローアップ"
    " スタートアップ ラインアップ ピックアップ バックアップ セットアップ サインアップ"
    " ポップアップ followup follow-up signup sign-up startup ドロップダウン 売上 売上げ"
    " 売り上げ 純増 純減 増減 トスアップ"
)
# What nobody can count: a quality, a state, a power.
_STATE = endings(
    "の質 品質 クオリティ のレベル 感 力 チームワーク 風土 文化 マインド 姿勢 モチベーション"
    " 信頼関係 プレゼンス 関係性 パートナーシップ コミュニケーション 体制 基盤 土台 仕組み"
)
_COUNTED_POWER = endings("電力 出力 入力 馬力 労力")
_DRESSED = (  # an adjective before a noun that has none when it is counted: 迅速な対応
    r"(?:[なたいるうくすつむ的]|(?:最高|最強|真|一番|日本一|世界一|業界一|攻め|守り)の)(?:営業|広告|販促)?(?:対応|提案|営業|フォロー|組織|会社|企業|チーム"
    r"|集団|パートナー|存在|関係|体制|環境|サービス|接客|経営|運用|運営|行動|仕事|職場|サポート|ブランド"
    r"|マーケティング|引き継ぎ|連絡|報告|店|人材|未来|顧客体験)$"
)
_AMOUNT = (  # 30件に counts; 1件でも多く, 365日, 2026年 and 1on1 do not
    r"\d[\d,.]*[千百万億]*(?:件|社|円|名|人|回|枚|本|通|台|万|億|店舗|拠点|ドル|usd|ポイント|点)"
    r"(?!でも|あたり|当たり|1[件社人名回]|[一ひ]とり|円?(?:企業|会社|カンパニー))"
)
_RELATIVE = (  # 5%以下に, 2倍: an amount where it stands with a measure
    r"\d[\d,.]*(?:%|パーセント|pt|倍|割|秒|分|時間|h|日|営業日|[かヶカケ]月|週間)"
    r"(?:$|以|未満|台|まで|へ|に|から|を|増|減|超|短縮|アップ|達成|ダウン|改善|向上|削減|→|で)"
)
_OPENS_ENGLISH = (  # Increase 商談数
    r"(?:increase|improve|boost|grow|raise|reduce|maximi[sz]e|enhance|strengthen|drive|more|expand)\s"
)
_MEASURE = (
    r"率|数|額|件|単価|売上|利益|粗利|期間|日数|時間|コスト|費|度|スコア|シェア|残業|リード|商談|アポ"
    r"|解約|チャーン|受注|arr|mrr|nps|cvr|ctr|ltv|cac|pv|dso"
)
_ASIDE = r"\([^)]*\)|【[^】]*】|[<〈《][^>〉》]*[>〉》]|\[[^\]]*\]|「|」|『|』|\s|!|[?。.、,…~〜★☆♪↑↗※◎]+$"


def is_wish(text: str, *, defined: bool) -> bool:
    """Whether a folded label tells a direction, an effort, a state, a slogan or a project."""
    if has_amount(text):
        return False
    if pattern(_OPENS_ENGLISH).match(text):
        return True
    label = bare(text)
    if label.endswith(_VERB + _SLOGAN) or (label.endswith(_OPEN) and _has_object(label)):
        return True
    if label.endswith(_EVENTS):
        return False
    if label.startswith(("もっと", "脱")) and not label.endswith(("数", "率")):
        return True
    if label.endswith(_CHANGE):
        return not defined
    if label.endswith(_COUNTED_POWER):
        return False
    if label.endswith(_BETTERMENT + _PROJECT + _STATE):
        return True
    return pattern(_DRESSED).search(label.removesuffix("に")) is not None


def has_amount(text: str) -> bool:
    if not any(map(str.isdigit, text)):
        return False
    if pattern(_AMOUNT).search(text):
        return True
    return bool(pattern(_RELATIVE).search(text) and pattern(_MEASURE).search(text))


def _has_object(label: str) -> bool:
    return "を" in label or "に" in label[:-1]


def bare(text: str) -> str:
    """The label without brackets, spaces and decoration at its end."""
    clean = pattern(_ASIDE)
    return clean.sub("", clean.sub("", text))
