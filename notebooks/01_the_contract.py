# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 契約を動かしてみる
# **The contract, alive**
#
# 共同利用契約は短い文書ですが、そこからは多くの義務が読み取れます。このノートは条を一つずつ取り上げ、何を求めているか、
# 誰が判定できるかを示し、その条を試すシナリオを目の前で動かします。条文そのものは載せません。契約書を手元に置いてお読みください。
# 登場する人と会社はすべて架空で、動くのはこの計算機の中だけです。
#
# The joint-use agreement is a short text, but many duties can be read out of it. This notebook takes the articles one by
# one, says what each demands and who can judge it, and runs a scenario that tries it in front of you. The wording itself is
# not repeated here: keep the agreement at hand. All people and firms are made up, and everything runs on this machine only.

# %% [markdown]
# ## 何を動かすか
# **What is run**
#
# `target` は申請システムです。`rows` は、条ごとに一つずつ選んだ、目の前で試す審査項目です。
#
# `target` is the candidate; `rows` are the obligations that are tried in front of you, one for each clause.

# %% tags=["parameters"]
target = "reference"
rows = ["A1-07", "A2-1-02", "A2-2-05", "A2-3-03", "A2-4-05", "A5-02", "A6-16"]

# %%
from ccus_harness import showing

# %% [markdown]
# ## 契約の全体
# **The whole agreement**
#
# 一つの四角が一つの義務です。「機」は試験が試すもの、「人」は書類や現場を人が見るもの、「－」は誰も判定しないものです。
# 損害賠償（第4条）と裁判管轄（第8条）は、試験が口を出すことではありません。
#
# Each square is one obligation: 機 is tried by the suite, 人 is looked at by a person, － is judged by nobody. Damages
# (Article 4) and jurisdiction (Article 8) are none of the suite's business.

# %%
showing.judges()

# %% [markdown]
# ## 動かす
# **Run it**
#
# 模擬CCUSが先に自分の正しさを確かめ、それから条ごとのシナリオが進みます。契約を守る参照システムが相手なので、どの条も
# 「適合」になるはずです。ならなければ、このセルか、その条のセルが止まります。
#
# The simulated CCUS first proves that it is right itself, then the scenarios of each clause run. The candidate is the
# reference system, which keeps the agreement, so each clause should come out satisfied. If one does not, this cell or the
# cell of that clause stops.

# %%
report = showing.judge(target, rows=rows)

# %%
showing.about(report)

# %% [markdown]
# ## 第1条 依頼があって初めて提供される
# **Article 1: nothing is provided without a request**
#
# CCUSは、利用者の依頼があったときにだけ、その依頼の範囲で登録情報を提供します。事業者が頼めるのは自社と自社に所属する技能者、
# 技能者が頼めるのは自分だけです。見てよい元請でも、代わりに頼むことはできません。
#
# CCUS provides data only when a user asks and only what was asked for. A business may ask for itself and its own
# technicians, a technician for the own record. A prime contractor may look, but may not ask in somebody's place.

# %%
showing.clause("A1", report)

# %%
showing.scene(report, "A1-07")

# %% [markdown]
# ## 第2条第1項 別紙1の項目だけ
# **Article 2(1): the items of Annex 1 and no others**
#
# 共同利用してよいのは、別紙1に並ぶ技能者と事業者の項目だけです。シナリオでは、CCUSがわざと余計な項目を送ります。
# 送られてきたからといって、しまってよいことにはなりません。
#
# Only the items listed in Annex 1 may be shared. In the scenario CCUS sends more than that on purpose: what arrives may not
# therefore be kept.

# %%
showing.clause("A2-1", report)

# %%
showing.scene(report, "A2-1-02")

# %% [markdown]
# ## 第2条第2項 見てよい者
# **Article 2(2): who may see**
#
# 見てよいのは、技能者が入場した現場の元請、その現場で上位に連なる下請、そして技能者の所属先だけです。上か下かは現場ごとに決まり、
# 会社と会社の間柄では決まりません。詳しくは `05_scope` で図にします。
#
# The prime contractor of a site the technician entered, those above in the tree of that site, and the technician's own
# firm: nobody else. Who stands above whom is a matter of each site, not of the firms. `05_scope` draws it.

# %%
showing.clause("A2-2", report)

# %%
showing.scene(report, "A2-2-05")

# %% [markdown]
# ## 第2条第3項 由来の印
# **Article 2(3): what came from CCUS is marked**
#
# 提供を受けたものだけを保存し、CCUSから来たと見分けられるようにしておきます。利用者が自分で入れた値に印を付けるのも誤りです。
# `04_provenance_and_purge` で、印と、それを確かめるためのおとりの値を見ます。
#
# Only what was provided is kept, and it can be told apart as coming from CCUS. A mark on what a user typed is wrong too.
# `04_provenance_and_purge` shows the marks, and the bait values that check them.

# %%
showing.clause("A2-3", report)

# %%
showing.scene(report, "A2-3-03")

# %% [markdown]
# ## 第2条第4項・第5項 漏えいの通知と運用基準
# **Articles 2(4) and 2(5): notice of leaks, and operating standards**
#
# 漏えいや目的外の利用を知ったら、直ちに知らせ、速やかに止めます。シナリオは演習で、知らせた時刻は試験の側が決めます。
# 「直ちに」が何時間かを契約は言わないので、数は申告された目安として判定の語の脇に置かれます。
#
# Whoever learns of a leak or misuse says so at once and stops it soon. The scenario is a drill, and it is the suite that sets
# the time when the sign was given. The agreement does not say how soon "at once" is, so the number is a declared one and
# stands beside the word.

# %%
showing.clause("A2-4", report)

# %%
showing.scene(report, "A2-4-05")

# %%
showing.clause("A2-5", report)

# %% [markdown]
# ## 第3条・第4条 ほかの契約との関係と損害賠償
# **Articles 3 and 4: other contracts, and damages**
#
# 第3条は認定契約との関係を定め、審査の側がどの規則によるのかを示します。第4条について試験は判定しません。誰がいつどの写しを
# 持っていたかという証拠だけを残します。
#
# Article 3 relates to the certification contract; the reviewers say which rule they rest on. Article 4 is not judged: only
# evidence of who held which copy when is kept.

# %%
showing.clause("A3", report)

# %%
showing.clause("A4", report)

# %% [markdown]
# ## 第5条 契約の間だけ
# **Article 5: only while the agreement is in force**
#
# 締結の前と終了の後には、提供も取得もありません。シナリオでは、CCUSが止め忘れます。それでも取ってはなりません。終わりの瞬間の
# 読み方は二つあるので、両方を試します。
#
# Nothing is provided or taken before the signing and after the end. In the scenario CCUS forgets to stop: that is no leave
# to take. The very moment of the end can be read in two ways, so both are tried.

# %%
showing.clause("A5", report)

# %%
showing.scene(report, "A5-02")

# %% [markdown]
# ## 第6条 終わったら消して、証明する
# **Article 6: destroy and certify**
#
# 契約が終わると、登録情報をどの保存先からも消し、その証明書を出します。試験は、終わる前に見つかったものが後で見つからないことを
# 確かめます。前に何も見つけられない調べ方は、後で何も見つけなくても証明になりません。
#
# When the agreement ends, registration data are destroyed in every store and a certificate says so. The suite looks before and
# after: a search that finds nothing before proves nothing by finding nothing after.

# %%
showing.clause("A6", report)

# %%
showing.scene(report, "A6-16")

# %% [markdown]
# ## 第7条から第9条、前文、末文、別紙1
# **Articles 7 to 9, preamble, closing and Annex 1**
#
# 残りの条は、主に人が読んで確かめます。第9条は、読み方が分かれたときに話し合う場です。試験は、読み方で判定が変わる行を
# 「解釈依存」とし、第9条の問いとして番号を付けて出します。
#
# The rest is mostly read by people. Article 9 is where differing readings are talked over: a row whose word changes with the
# reading is called "depends", and becomes a numbered question.

# %%
showing.clause("A7", report)

# %%
showing.clause("A8", report)

# %%
showing.clause("A9", report)

# %%
showing.clause("PRE", report)

# %%
showing.clause("SIG", report)

# %%
showing.clause("ANX", report)

# %% [markdown]
# ## この回の結果
# **What this run came to**
#
# 白い四角は、この回では選んでいない義務です。選んでいないものについて、この実行は何も言いません。
#
# White squares were not chosen this time; of those this run says nothing.

# %%
showing.verdict_map(report)
